/** APIs of Python and of packages that skills often use: which capability each uses. Sources: the Python 3.14 library reference, the packages' documentation. */
import type { Trait } from '../fact.ts';

/** An argument by position (from 0; -1 is none), or by keyword. */
export interface Argument {
  readonly at: number;
  readonly key: string;
}

export type PythonEffect =
  /** A request. `host` stands for SDKs that know their own; `target: 'self'` sends where the object was made to point. */
  | {
      readonly does: 'request';
      readonly url?: Argument;
      readonly host?: string;
      readonly toSelf?: true;
      readonly method: string;
      readonly methodAt?: Argument;
      readonly body: readonly Argument[];
      readonly header: readonly string[];
    }
  /** A connection to a host and port, as two arguments or a pair. */
  | {
      readonly does: 'connect';
      readonly scheme: 'tcp' | 'udp' | 'dns' | 'https' | 'http';
      readonly host: Argument;
      readonly port: number;
    }
  /** Sends data over what was opened before. */
  | { readonly does: 'send'; readonly content: Argument }
  | {
      readonly does: 'read' | 'write' | 'delete' | 'open';
      readonly path: Argument;
      readonly to?: Argument;
      readonly content?: Argument;
      readonly traits?: readonly Trait[];
    }
  /** As read and so on, of the object's own path. */
  | {
      readonly does: 'self-read' | 'self-write' | 'self-delete' | 'self-open';
      readonly content?: Argument;
      readonly traits?: readonly Trait[];
    }
  | { readonly does: 'shell' | 'program'; readonly command: Argument; readonly rest?: true }
  | { readonly does: 'code'; readonly code: Argument }
  | { readonly does: 'load'; readonly module: Argument }
  | { readonly does: 'deserialize'; readonly data: Argument }
  | { readonly does: 'env'; readonly name: Argument }
  | { readonly does: 'whole-env' | 'input' | 'output' | 'listen' | 'native' }
  | { readonly does: 'trait'; readonly trait: Trait };

export interface PythonApi {
  readonly effects: readonly PythonEffect[];
  /** What a call gives: `through` its arguments' data, `encoded` or `decoded` forms of it, `nothing` of it, or an own object (the default). */
  readonly gives?: 'through' | 'encoded' | 'decoded' | 'nothing';
}

export type PythonApiTable = Readonly<Record<string, PythonApi>>;

const argument = (at: number, key = ''): Argument => ({ at, key });
const api = (effect: PythonEffect | readonly PythonEffect[], gives?: PythonApi['gives']): PythonApi => ({
  effects: Array.isArray(effect) ? effect : [effect as PythonEffect],
  ...(gives !== undefined && { gives }),
});
const rows = (owner: string, names: string, row: PythonApi): PythonApiTable =>
  Object.fromEntries(names.split(' ').map((name) => [owner === '' ? name : `${owner}.${name}`, row]));

const bodyKeys = ['data', 'json', 'files', 'params', 'content', 'body'].map((key) => argument(-1, key));
const request = (method: string, at = 0, body: readonly Argument[] = []): PythonApi =>
  api({
    does: 'request',
    url: argument(at, 'url'),
    method,
    ...(at === 1 && { methodAt: argument(0, 'method') }),
    body: [...body, ...bodyKeys],
    header: ['headers', 'auth', 'cookies'],
  });
const verbs = (owner: string): PythonApiTable => ({
  ...rows(owner, 'get', request('GET')),
  ...rows(owner, 'head', request('HEAD')),
  ...rows(owner, 'options', request('OPTIONS')),
  ...rows(owner, 'delete', request('DELETE')),
  ...rows(owner, 'post', request('POST', 0, [argument(1, 'data')])),
  ...rows(owner, 'put', request('PUT', 0, [argument(1, 'data')])),
  ...rows(owner, 'patch', request('PATCH', 0, [argument(1, 'data')])),
  ...rows(owner, 'request stream', request('*', 1)),
});
const service = (host: string): PythonApi =>
  api({
    does: 'request',
    url: argument(-1, 'base_url'),
    host,
    method: '*',
    body: [],
    header: ['api_key', 'token', 'auth', 'api_token'],
  });
const selfRequest = api({
  does: 'request',
  toSelf: true,
  method: '*',
  methodAt: argument(0, 'method'),
  body: [argument(2, 'body')],
  header: ['headers'],
});
const read = (at = 0, key = ''): PythonApi => api({ does: 'read', path: argument(at, key) });
const write = (traits: readonly Trait[] = ['write'], at = 0): PythonApi => api({ does: 'write', path: argument(at), traits });

/** Qualified name → what it does. `X()` stands for an object that calling X gave: `socket.socket().connect`. */
export const pythonApis: PythonApiTable = {
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
  ...rows('aiohttp', 'request', request('*', 1)),
  ...rows('urllib3', 'request', request('*', 1)),
  ...rows('urllib3.PoolManager()', 'request urlopen', request('*', 1, [argument(2, 'fields')])),
  ...rows(
    'urllib.request',
    'urlopen',
    api({ does: 'request', url: argument(0, 'url'), method: 'GET', body: [argument(1, 'data')], header: [] }),
  ),
  ...rows(
    'urllib.request',
    'Request',
    api({
      does: 'request',
      url: argument(0, 'url'),
      methodAt: argument(-1, 'method'),
      method: 'GET',
      body: [argument(1, 'data')],
      header: ['headers'],
    }),
  ),
  ...rows(
    'urllib.request',
    'urlretrieve',
    api([
      { does: 'request', url: argument(0, 'url'), method: 'GET', body: [], header: [] },
      { does: 'write', path: argument(1, 'filename'), traits: ['write', 'download'] },
    ]),
  ),
  ...rows(
    'urllib.request.build_opener()',
    'open',
    api({ does: 'request', url: argument(0), method: 'GET', body: [argument(1, 'data')], header: [] }),
  ),
  ...rows('wget', 'download', request('GET')),
  ...rows('webbrowser', 'open open_new open_new_tab', request('GET')),
  ...rows('http.client', 'HTTPSConnection', api({ does: 'connect', scheme: 'https', host: argument(0, 'host'), port: 443 })),
  ...rows('http.client', 'HTTPConnection', api({ does: 'connect', scheme: 'http', host: argument(0, 'host'), port: 80 })),
  ...rows('http.client.HTTPSConnection()', 'request', selfRequest),
  ...rows('http.client.HTTPConnection()', 'request', selfRequest),
  ...rows('websocket', 'create_connection WebSocketApp', request('*')),
  ...rows('websockets', 'connect', request('*')),
  ...rows('websockets.sync.client', 'connect', request('*')),
  ...rows('socket', 'create_connection', api({ does: 'connect', scheme: 'tcp', host: argument(0, 'address'), port: 0 })),
  ...rows(
    'socket.socket()',
    'connect connect_ex',
    api({ does: 'connect', scheme: 'tcp', host: argument(0, 'address'), port: 0 }),
  ),
  ...rows(
    'socket.socket()',
    'sendto',
    api([
      { does: 'connect', scheme: 'udp', host: argument(1, 'address'), port: 0 },
      { does: 'send', content: argument(0) },
    ]),
  ),
  ...rows('socket.socket()', 'send sendall', api({ does: 'send', content: argument(0) })),
  ...rows('socket.create_connection()', 'send sendall', api({ does: 'send', content: argument(0) })),
  ...rows('socket.socket()', 'bind listen', api({ does: 'listen' })),
  ...rows(
    'socket',
    'gethostbyname gethostbyname_ex getaddrinfo',
    api({ does: 'connect', scheme: 'dns', host: argument(0, 'host'), port: 53 }),
  ),
  ...rows('dns.resolver', 'resolve query', api({ does: 'connect', scheme: 'dns', host: argument(0), port: 53 })),
  ...rows('asyncio', 'open_connection', api({ does: 'connect', scheme: 'tcp', host: argument(0, 'host'), port: 0 })),
  ...rows('telnetlib', 'Telnet', api({ does: 'connect', scheme: 'tcp', host: argument(0), port: 23 })),
  ...rows('smtplib', 'SMTP SMTP_SSL', api({ does: 'connect', scheme: 'tcp', host: argument(0, 'host'), port: 25 })),
  ...rows('smtplib.SMTP()', 'sendmail', api({ does: 'send', content: argument(2, 'msg') })),
  ...rows('smtplib.SMTP()', 'send_message', api({ does: 'send', content: argument(0, 'msg') })),
  ...rows('smtplib.SMTP_SSL()', 'sendmail', api({ does: 'send', content: argument(2, 'msg') })),
  ...rows('smtplib.SMTP_SSL()', 'send_message', api({ does: 'send', content: argument(0, 'msg') })),
  ...rows('ftplib', 'FTP FTP_TLS', api({ does: 'connect', scheme: 'tcp', host: argument(0, 'host'), port: 21 })),
  ...rows('ftplib.FTP()', 'storbinary storlines', api({ does: 'send', content: argument(1) })),
  ...rows('paramiko.SSHClient()', 'connect', api({ does: 'connect', scheme: 'tcp', host: argument(0, 'hostname'), port: 22 })),
  ...rows('http.server', 'HTTPServer ThreadingHTTPServer', api({ does: 'listen' })),
  ...rows('socketserver', 'TCPServer ThreadingTCPServer UDPServer', api({ does: 'listen' })),
  ...rows('boto3', 'client resource Session', service('*.amazonaws.com')),
  ...rows('openai', 'OpenAI AsyncOpenAI', service('api.openai.com')),
  ...rows('anthropic', 'Anthropic AsyncAnthropic', service('api.anthropic.com')),
  ...rows('google.genai', 'Client', service('generativelanguage.googleapis.com')),
  ...rows('google.generativeai', 'configure GenerativeModel', service('generativelanguage.googleapis.com')),
  ...rows('huggingface_hub', 'hf_hub_download snapshot_download HfApi InferenceClient upload_file', service('huggingface.co')),
  ...rows('slack_sdk', 'WebClient', service('slack.com')),
  ...rows('slack_sdk.web', 'WebClient', service('slack.com')),
  ...rows('github', 'Github', service('api.github.com')),
  ...rows('notion_client', 'Client', service('api.notion.com')),
  ...rows('stripe', 'StripeClient', service('api.stripe.com')),

  ...rows('', 'open', api({ does: 'open', path: argument(0, 'file') })),
  ...rows('io', 'open', api({ does: 'open', path: argument(0, 'file') })),
  ...rows('codecs', 'open', api({ does: 'open', path: argument(0, 'filename') })),
  ...rows('gzip', 'open', api({ does: 'open', path: argument(0, 'filename') })),
  ...rows('aiofiles', 'open', api({ does: 'open', path: argument(0, 'file') })),
  ...rows('zipfile', 'ZipFile', api({ does: 'open', path: argument(0, 'file') })),
  ...rows('tarfile', 'open', api({ does: 'open', path: argument(0, 'name') })),
  ...rows('os', 'open', api({ does: 'open', path: argument(0, 'path') })),
  ...rows('os', 'listdir scandir walk stat readlink', read()),
  ...rows('glob', 'glob iglob', read(0, 'pathname')),
  ...rows('os.path', 'getsize getmtime', read()),
  ...rows('sqlite3', 'connect', read(0, 'database')),
  ...rows('linecache', 'getline getlines', read()),
  ...rows('fileinput', 'input', read()),
  ...rows('os', 'mkdir makedirs mkfifo truncate utime', write()),
  ...rows('os', 'chmod chown lchown setxattr', write(['write', 'permissions'])),
  ...rows('os', 'remove unlink rmdir removedirs', api({ does: 'delete', path: argument(0, 'path'), traits: ['delete'] })),
  ...rows('shutil', 'rmtree', api({ does: 'delete', path: argument(0, 'path'), traits: ['delete', 'recursive'] })),
  ...rows('os', 'rename replace', api({ does: 'read', path: argument(0, 'src'), to: argument(1, 'dst') })),
  ...rows('os', 'symlink link', api({ does: 'read', path: argument(0, 'src'), to: argument(1, 'dst'), traits: ['link'] })),
  ...rows('shutil', 'copy copy2 copyfile copytree move', api({ does: 'read', path: argument(0, 'src'), to: argument(1, 'dst') })),
  ...rows('shutil', 'make_archive', api({ does: 'read', path: argument(2, 'root_dir'), to: argument(0, 'base_name') })),
  ...rows('dotenv', 'load_dotenv dotenv_values', api({ does: 'read', path: argument(0, 'dotenv_path') })),
  ...rows('pandas', 'read_csv read_json read_excel read_parquet read_table read_pickle read_html', read()),
  ...rows('numpy', 'load loadtxt genfromtxt', read()),
  ...rows('pathlib.Path()', 'read_text read_bytes iterdir glob rglob', api({ does: 'self-read' })),
  ...rows('pathlib.Path()', 'open', api({ does: 'self-open' })),
  ...rows(
    'pathlib.Path()',
    'write_text write_bytes',
    api({ does: 'self-write', content: argument(0, 'data'), traits: ['write'] }),
  ),
  ...rows('pathlib.Path()', 'mkdir touch rename replace', api({ does: 'self-write', traits: ['write'] })),
  ...rows('pathlib.Path()', 'chmod', api({ does: 'self-write', traits: ['write', 'permissions'] })),
  ...rows('pathlib.Path()', 'symlink_to hardlink_to', api({ does: 'self-write', traits: ['write', 'link'] })),
  ...rows('pathlib.Path()', 'unlink rmdir', api({ does: 'self-delete', traits: ['delete'] })),

  ...rows('os', 'system popen', api({ does: 'shell', command: argument(0, 'cmd') })),
  ...rows('subprocess', 'getoutput getstatusoutput', api({ does: 'shell', command: argument(0, 'cmd') })),
  ...rows('asyncio', 'create_subprocess_shell', api({ does: 'shell', command: argument(0, 'cmd') })),
  ...rows('subprocess', 'run call check_call check_output Popen', api({ does: 'program', command: argument(0, 'args') })),
  ...rows('asyncio', 'create_subprocess_exec', api({ does: 'program', command: argument(0), rest: true })),
  ...rows(
    'os',
    'execl execle execlp execlpe execv execve execvp execvpe posix_spawn posix_spawnp',
    api({ does: 'program', command: argument(0) }),
  ),
  ...rows('os', 'spawnl spawnle spawnlp spawnv spawnve spawnvp', api({ does: 'program', command: argument(1) })),
  ...rows('os', 'startfile', api({ does: 'program', command: argument(0) })),
  ...rows('pty', 'spawn', api({ does: 'program', command: argument(0) })),
  ...rows('pexpect', 'spawn run', api({ does: 'shell', command: argument(0) })),
  ...rows('', 'eval exec', api({ does: 'code', code: argument(0) }, 'nothing')),
  ...rows('', 'compile', api({ does: 'trait', trait: 'code-from-string' }, 'through')),
  ...rows('code', 'InteractiveInterpreter InteractiveConsole interact', api({ does: 'trait', trait: 'code-from-string' })),
  ...rows('types', 'FunctionType CodeType', api({ does: 'trait', trait: 'code-from-string' })),
  ...rows('runpy', 'run_path run_module', api({ does: 'load', module: argument(0) })),
  ...rows('importlib', 'import_module __import__ reload', api({ does: 'load', module: argument(0, 'name') })),
  ...rows('', '__import__', api({ does: 'load', module: argument(0, 'name') })),
  ...rows('importlib.util', 'spec_from_file_location', api({ does: 'load', module: argument(1, 'location') })),
  ...rows('pickle', 'load loads Unpickler', api({ does: 'deserialize', data: argument(0) })),
  ...rows('dill', 'load loads', api({ does: 'deserialize', data: argument(0) })),
  ...rows('cloudpickle', 'load loads', api({ does: 'deserialize', data: argument(0) })),
  ...rows(
    'marshal',
    'load loads',
    api(
      [
        { does: 'deserialize', data: argument(0) },
        { does: 'trait', trait: 'decode' },
      ],
      'decoded',
    ),
  ),
  ...rows('yaml', 'unsafe_load full_load unsafe_load_all', api({ does: 'deserialize', data: argument(0) })),
  ...rows('ctypes', 'CDLL WinDLL PyDLL cdll.LoadLibrary windll.LoadLibrary', api({ does: 'native' })),
  ...rows('sys', 'settrace setprofile', api({ does: 'trait', trait: 'patch-builtin' })),
  ...rows('os', 'setuid setgid seteuid', api({ does: 'trait', trait: 'privilege' })),
  ...rows('os', 'fork', api({ does: 'trait', trait: 'detached' })),
  ...rows('pyperclip', 'paste', api({ does: 'input' })),
  ...rows('pynput.keyboard', 'Listener', api({ does: 'trait', trait: 'input' })),
  ...rows('keyboard', 'on_press record', api({ does: 'trait', trait: 'input' })),

  ...rows('os', 'getenv getenvb', api({ does: 'env', name: argument(0, 'key') })),
  ...rows('os.environ', 'get pop setdefault __getitem__ __contains__', api({ does: 'env', name: argument(0) })),
  ...rows('os.environ', 'items keys values copy', api({ does: 'whole-env' })),
  ...rows('decouple', 'config', api({ does: 'env', name: argument(0) })),
  ...rows('', 'input', api({ does: 'input' })),
  ...rows('sys.stdin', 'read readline readlines buffer.read', api({ does: 'input' })),
  ...rows('argparse.ArgumentParser()', 'parse_args parse_known_args', api({ does: 'input' })),
  ...rows('', 'print', api({ does: 'output' }, 'nothing')),
  ...rows('sys.stdout', 'write', api({ does: 'output' }, 'nothing')),
  ...rows('logging', 'debug info warning error critical exception', api({ does: 'output' }, 'nothing')),

  ...rows(
    'base64',
    'b64encode b32encode b16encode b85encode a85encode urlsafe_b64encode standard_b64encode encodebytes',
    api([], 'encoded'),
  ),
  ...rows('binascii', 'hexlify b2a_base64 b2a_hex', api([], 'encoded')),
  ...rows('zlib', 'compress', api([], 'encoded')),
  ...rows('gzip', 'compress', api([], 'encoded')),
  ...rows('bz2', 'compress', api([], 'encoded')),
  ...rows('lzma', 'compress', api([], 'encoded')),
  ...rows('cryptography.fernet.Fernet()', 'encrypt', api([], 'encoded')),
  ...rows(
    'base64',
    'b64decode b32decode b16decode b85decode a85decode urlsafe_b64decode standard_b64decode decodebytes',
    api([], 'decoded'),
  ),
  ...rows('binascii', 'unhexlify a2b_base64 a2b_hex', api([], 'decoded')),
  ...rows('bytes', 'fromhex', api([], 'decoded')),
  ...rows('bytearray', 'fromhex', api([], 'decoded')),
  ...rows('zlib', 'decompress', api([], 'decoded')),
  ...rows('gzip', 'decompress', api([], 'decoded')),
  ...rows('bz2', 'decompress', api([], 'decoded')),
  ...rows('lzma', 'decompress', api([], 'decoded')),
  ...rows('codecs', 'decode', api([], 'decoded')),
  ...rows('cryptography.fernet.Fernet()', 'decrypt', api([], 'decoded')),
  ...rows(
    '',
    'str repr ascii bytes bytearray list tuple set frozenset dict sorted reversed format map filter zip enumerate iter next vars max min sum',
    api([], 'through'),
  ),
  ...rows('json', 'dumps loads load', api([], 'through')),
  ...rows('pprint', 'pformat', api([], 'through')),
  ...rows('yaml', 'dump safe_load safe_load_all', api([], 'through')),
  ...rows('urllib.parse', 'quote quote_plus urlencode unquote urljoin urlparse', api([], 'through')),
  ...rows('copy', 'copy deepcopy', api([], 'through')),
  ...rows('io', 'StringIO BytesIO', api([], 'through')),
  ...rows('textwrap', 'dedent indent fill', api([], 'through')),
  ...rows('', 'len bool int float isinstance hash id type any all hasattr range callable', api([], 'nothing')),
};

/** Modules whose members must not be called by a computed name: what comes out of them could be anything that they can do. */
export const powerfulModules: ReadonlySet<string> = new Set([
  'os',
  'subprocess',
  'builtins',
  '__builtins__',
  'socket',
  'pty',
  'ctypes',
  'importlib',
  'sys',
  'shutil',
]);

/** Functions that are found when they are handed on instead of called: what a caller does with them is not seen. */
export const escapes: Readonly<Record<string, 'exec' | 'code'>> = {
  'os.system': 'exec',
  'os.popen': 'exec',
  'subprocess.run': 'exec',
  'subprocess.call': 'exec',
  'subprocess.Popen': 'exec',
  'subprocess.check_output': 'exec',
  eval: 'code',
  exec: 'code',
  __import__: 'code',
};
