/**
 * Packages from PyPI that skills often import: which capability each API uses. Sources: the
 * packages' documentation.
 */
import { pythonBaseOptions, pythonServices } from '../../../../lookup-tables/service-hosts.ts';
import {
  api,
  argument,
  type PythonApiTable,
  read,
  request,
  rows,
  service,
  verbs,
} from './python-api.ts';

// A client of AWS; `endpoint_url` names another host.
const amazon = api({
  does: 'request',
  url: argument(-1, 'endpoint_url'),
  host: '*.amazonaws.com',
  method: '*',
  body: [],
  header: [],
});
const toOwnHost = api({
  does: 'request',
  toSelf: true,
  method: '*',
  methodAt: argument(0, 'method'),
  body: [argument(1, 'url'), argument(2, 'body'), argument(-1, 'fields'), argument(-1, 'json')],
  header: ['headers'],
});

const readsVariable = api({ does: 'env', name: argument(0) });

// A request that was made before, with what was put into it since.
const sendsPrepared = api({
  does: 'request',
  url: argument(0, 'request'),
  method: '*',
  body: [],
  header: ['auth'],
});

/** Qualified name → its effects. */
export const pythonPackages: PythonApiTable = {
  ...Object.fromEntries(
    Object.entries(pythonServices).map(([name, host]) => [
      name,
      service(host, pythonBaseOptions[name]),
    ]),
  ),
  ...rows('boto3', 'client resource', amazon),
  ...rows('boto3.Session()', 'client resource', amazon),
  ...rows('boto3.session.Session()', 'client resource', amazon),
  ...Object.assign(
    {},
    ...[
      'requests',
      'requests.api',
      'requests.Session()',
      'requests.session()',
      'requests.sessions.Session()',
      'httpx',
      'httpx.Client()',
      'httpx.AsyncClient()',
      'aiohttp.ClientSession()',
      'requests_html.HTMLSession()',
      'cloudscraper.create_scraper()',
      'curl_cffi.requests',
      'niquests',
    ].map(verbs),
  ),
  ...rows('requests', 'Request', request('*', 1)),
  ...rows('httpx', 'Request', request('*', 1)),
  ...Object.assign(
    {},
    ...[
      ['requests.Session()', 'send'],
      ['requests.session()', 'send'],
      ['httpx.Client()', 'send'],
      ['httpx.AsyncClient()', 'send'],
    ].map(([owner = '', name = '']) => rows(owner, name, sendsPrepared)),
  ),
  ...rows('httpx.Client()', 'build_request', request('*', 1)),
  ...rows('httpx.AsyncClient()', 'build_request', request('*', 1)),
  ...rows('requests_toolbelt', 'MultipartEncoder', api([], 'data')),
  ...rows('requests_toolbelt.multipart.encoder', 'MultipartEncoder', api([], 'data')),
  ...rows('requests.auth', 'HTTPBasicAuth HTTPDigestAuth HTTPProxyAuth', api([], 'data')),
  ...rows('httpx', 'BasicAuth DigestAuth', api([], 'data')),
  ...rows('aiohttp', 'BasicAuth', api([], 'data')),
  ...rows('requests_oauthlib', 'OAuth1 OAuth2', api([], 'data')),
  ...rows('aiohttp', 'request', request('*', 1)),
  ...rows('urllib3', 'request', request('*', 1)),
  ...rows('urllib3.HTTPSConnectionPool()', 'request urlopen', toOwnHost),
  ...rows('urllib3.connectionpool.HTTPSConnectionPool()', 'request urlopen', toOwnHost),
  ...rows('urllib3.PoolManager()', 'request urlopen', request('*', 1, [argument(2, 'fields')])),
  ...rows('wget', 'download', request('GET')),
  ...rows('websocket', 'create_connection', request('*')),
  ...rows('websocket', 'WebSocketApp', api([...request('*').effects, { does: 'receive' }])),
  ...rows('websockets', 'connect', request('*')),
  ...rows('websockets.sync.client', 'connect', request('*')),
  ...rows(
    'dns.resolver',
    'resolve query',
    api({ does: 'connect', scheme: 'dns', host: argument(0), port: 53 }),
  ),
  ...rows(
    'paramiko.SSHClient()',
    'connect',
    api({ does: 'connect', scheme: 'tcp', host: argument(0, 'hostname'), port: 22 }),
  ),
  ...rows('aiofiles', 'open', api({ does: 'open', path: argument(0, 'file') })),
  ...rows(
    'dotenv',
    'load_dotenv dotenv_values',
    api({ does: 'read', path: argument(0, 'dotenv_path') }),
  ),
  ...rows('pandas', 'read_csv read_json read_excel read_parquet read_table read_html', read()),
  ...rows('numpy', 'loadtxt genfromtxt', read()),
  ...rows(
    'numpy',
    'load',
    api([
      { does: 'read', path: argument(0, 'file') },
      {
        does: 'deserialize',
        data: argument(0, 'file'),
        byPath: true,
        only: { argument: argument(2, 'allow_pickle'), form: /^True$/ },
      },
    ]),
  ),
  ...rows('pexpect', 'spawn run', api({ does: 'shell', command: argument(0) })),
  ...rows('dill', 'load loads', api({ does: 'deserialize', data: argument(0) })),
  ...rows('cloudpickle', 'load loads', api({ does: 'deserialize', data: argument(0) })),
  ...rows(
    'yaml',
    'unsafe_load full_load unsafe_load_all',
    api({ does: 'deserialize', data: argument(0) }),
  ),
  ...rows('decouple', 'config AutoConfig() Config()', readsVariable),
  ...rows('environs', 'Env() env', readsVariable),
  ...rows('environs.Env()', 'str bool int float list dict json url path', readsVariable),
  ...rows('environs.env', 'str bool int float list dict json url path', readsVariable),
  ...rows('environ', 'Env()', readsVariable),
  ...rows('environ.Env()', 'str bool int float list dict json url path', readsVariable),
  ...rows('starlette.config', 'Config()', readsVariable),
  ...rows('dynaconf.Dynaconf()', 'get', readsVariable),
  ...rows('dynaconf.settings', 'get', readsVariable),
  ...rows('cryptography.fernet.Fernet()', 'encrypt', api([], 'encoded')),
  ...rows('cryptography.fernet.Fernet()', 'decrypt', api([], 'decoded')),
  ...rows('yaml', 'dump safe_load safe_load_all', api([], 'through')),
};
