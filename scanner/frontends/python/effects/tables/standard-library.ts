/**
 * APIs of Python's standard library: which capability each uses. Source: the Python 3.14 library
 * reference.
 */

import { pythonLibrary } from './library-servers-mail-archives.ts';
import {
  api,
  argument,
  type PythonApiTable,
  read,
  request,
  rows,
  selfRequest,
  write,
} from './python-api.ts';
import { pythonClients } from './python-clients.ts';
import {
  pythonChannels,
  pythonDocuments,
  pythonObservations,
  pythonPackages,
} from './python-packages.ts';
import { pythonRearrangers, pythonTransformers } from './python-transformers.ts';

/**
 * Qualified name → its effects. `X()` stands for an object that a call of X returned:
 * `socket.socket().connect`.
 */
export const pythonApis: PythonApiTable = {
  ...pythonLibrary,
  ...pythonDocuments,
  ...pythonClients,
  ...pythonChannels,
  ...pythonRearrangers,
  ...pythonTransformers,
  ...rows(
    'urllib.request',
    'urlopen',
    api({
      does: 'request',
      url: argument(0, 'url'),
      method: 'GET',
      body: [argument(1, 'data')],
      header: [],
    }),
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
    'urllib.request.Request()',
    'add_header add_unredirected_header',
    api({ does: 'send', content: argument(1, 'val'), part: 'header' }),
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
    api({
      does: 'request',
      url: argument(0),
      method: 'GET',
      body: [argument(1, 'data')],
      header: [],
    }),
  ),
  ...rows('webbrowser', 'open open_new open_new_tab', request('GET')),
  ...rows(
    'http.client',
    'HTTPSConnection',
    api({ does: 'connect', scheme: 'https', host: argument(0, 'host'), port: 443 }),
  ),
  ...rows(
    'http.client',
    'HTTPConnection',
    api({ does: 'connect', scheme: 'http', host: argument(0, 'host'), port: 80 }),
  ),
  ...rows('http.client.HTTPSConnection()', 'request', selfRequest),
  ...rows('http.client.HTTPConnection()', 'request', selfRequest),
  ...rows(
    'socket',
    'create_connection',
    api({ does: 'connect', scheme: 'tcp', host: argument(0, 'address'), port: 0 }),
  ),
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
  ...rows(
    'socket.create_connection()',
    'send sendall',
    api({ does: 'send', content: argument(0) }),
  ),
  ...rows('socket.socket()', 'bind listen', api({ does: 'listen' })),
  ...rows(
    'socket',
    'gethostbyname gethostbyname_ex getaddrinfo',
    api({ does: 'connect', scheme: 'dns', host: argument(0, 'host'), port: 53 }),
  ),
  ...rows(
    'asyncio',
    'open_connection',
    api({ does: 'connect', scheme: 'tcp', host: argument(0, 'host'), port: 0 }),
  ),
  ...rows(
    'telnetlib',
    'Telnet',
    api({ does: 'connect', scheme: 'tcp', host: argument(0), port: 23 }),
  ),
  ...rows(
    'smtplib',
    'SMTP SMTP_SSL',
    api({ does: 'connect', scheme: 'tcp', host: argument(0, 'host'), port: 25 }),
  ),
  ...rows('smtplib.SMTP()', 'sendmail', api({ does: 'send', content: argument(2, 'msg') })),
  ...rows('smtplib.SMTP()', 'send_message', api({ does: 'send', content: argument(0, 'msg') })),
  ...rows('smtplib.SMTP_SSL()', 'sendmail', api({ does: 'send', content: argument(2, 'msg') })),
  ...rows('smtplib.SMTP_SSL()', 'send_message', api({ does: 'send', content: argument(0, 'msg') })),
  ...rows(
    'ftplib',
    'FTP FTP_TLS',
    api({ does: 'connect', scheme: 'tcp', host: argument(0, 'host'), port: 21 }),
  ),
  ...rows('ftplib.FTP()', 'storbinary storlines', api({ does: 'send', content: argument(1) })),
  ...rows('http.server', 'HTTPServer ThreadingHTTPServer', api({ does: 'listen' })),
  ...rows('socketserver', 'TCPServer ThreadingTCPServer UDPServer', api({ does: 'listen' })),
  ...rows('', 'open', api({ does: 'open', path: argument(0, 'file') })),
  ...rows('io', 'open', api({ does: 'open', path: argument(0, 'file') })),
  ...rows('codecs', 'open', api({ does: 'open', path: argument(0, 'filename') })),
  ...rows('gzip', 'open', api({ does: 'open', path: argument(0, 'filename') })),
  ...rows('zipfile', 'ZipFile', api({ does: 'open', path: argument(0, 'file') })),
  ...rows('tarfile', 'open', api({ does: 'open', path: argument(0, 'name') })),
  ...rows('os', 'open', api({ does: 'open', path: argument(0, 'path') })),
  ...rows('os', 'listdir scandir walk stat readlink', read()),
  ...rows('glob', 'glob iglob', read(0, 'pathname')),
  ...rows('os.path', 'getsize getmtime', read()),
  ...rows('sqlite3', 'connect', read(0, 'database')),
  ...rows('linecache', 'getline getlines', read()),
  ...rows('fileinput', 'input', api([{ does: 'read', path: argument(0) }, { does: 'input' }])),
  ...rows('os', 'mkdir makedirs mkfifo truncate utime', write()),
  ...rows('os', 'chmod chown lchown setxattr', write(['write', 'permissions'])),
  ...rows(
    'os',
    'remove unlink rmdir removedirs',
    api({ does: 'delete', path: argument(0, 'path'), traits: ['delete'] }),
  ),
  ...rows(
    'shutil',
    'rmtree',
    api({ does: 'delete', path: argument(0, 'path'), traits: ['delete', 'recursive'] }),
  ),
  ...rows(
    'os',
    'rename replace',
    api({ does: 'read', path: argument(0, 'src'), to: argument(1, 'dst') }),
  ),
  ...rows(
    'os',
    'symlink link',
    api({ does: 'read', path: argument(0, 'src'), to: argument(1, 'dst'), traits: ['link'] }),
  ),
  ...rows(
    'shutil',
    'copy copy2 copyfile copytree move',
    api({ does: 'read', path: argument(0, 'src'), to: argument(1, 'dst') }),
  ),
  ...rows(
    'shutil',
    'make_archive',
    api({ does: 'read', path: argument(2, 'root_dir'), to: argument(0, 'base_name') }),
  ),
  ...rows('pathlib.Path()', 'read_text read_bytes iterdir glob rglob', api({ does: 'self-read' })),
  ...rows('pathlib.Path()', 'open', api({ does: 'self-open' })),
  ...rows(
    'pathlib.Path()',
    'write_text write_bytes',
    api({ does: 'self-write', content: argument(0, 'data'), traits: ['write'] }),
  ),
  ...rows('pathlib.Path()', 'mkdir touch', api({ does: 'self-write', traits: ['write'] })),
  ...rows(
    'pathlib.Path()',
    'rename replace',
    api({ does: 'self-write', to: argument(0, 'target'), traits: ['write'] }),
  ),
  ...rows('pathlib.Path()', 'chmod', api({ does: 'self-write', traits: ['write', 'permissions'] })),
  ...rows(
    'pathlib.Path()',
    'symlink_to hardlink_to',
    api({ does: 'self-write', traits: ['write', 'link'] }),
  ),
  ...rows('pathlib.Path()', 'unlink rmdir', api({ does: 'self-delete', traits: ['delete'] })),
  ...rows('os', 'system popen', api({ does: 'shell', command: argument(0, 'cmd') })),
  ...rows(
    'subprocess',
    'getoutput getstatusoutput',
    api({ does: 'shell', command: argument(0, 'cmd') }),
  ),
  ...rows(
    'asyncio',
    'create_subprocess_shell',
    api({ does: 'shell', command: argument(0, 'cmd') }),
  ),
  ...rows(
    'subprocess',
    'run call check_call check_output Popen',
    api({ does: 'program', command: argument(0, 'args') }),
  ),
  ...rows(
    'asyncio',
    'create_subprocess_exec',
    api({ does: 'program', command: argument(0), rest: true }),
  ),
  ...rows(
    'os',
    'execl execle execlp execlpe execv execve execvp execvpe posix_spawn posix_spawnp',
    api({ does: 'program', command: argument(0) }),
  ),
  ...rows(
    'os',
    'spawnl spawnle spawnlp spawnv spawnve spawnvp',
    api({ does: 'program', command: argument(1) }),
  ),
  ...rows('os', 'startfile', api({ does: 'program', command: argument(0) })),
  ...rows('pty', 'spawn', api({ does: 'program', command: argument(0) })),
  ...rows('', 'eval exec', api({ does: 'code', code: argument(0) }, 'nothing')),
  ...rows('', 'compile', api({ does: 'trait', trait: 'code-from-string' }, 'through')),
  ...rows(
    'code',
    'InteractiveInterpreter InteractiveConsole interact',
    api({ does: 'trait', trait: 'code-from-string' }),
  ),
  ...rows(
    'types',
    'FunctionType LambdaType',
    api([
      { does: 'trait', trait: 'code-from-string' },
      { does: 'code', code: argument(0, 'code') },
    ]),
  ),
  ...rows('types', 'CodeType', api({ does: 'trait', trait: 'code-from-string' })),
  ...rows('runpy', 'run_path run_module', api({ does: 'load', module: argument(0) })),
  ...rows(
    'importlib',
    'import_module __import__ reload',
    api({ does: 'load', module: argument(0, 'name') }),
  ),
  ...rows('', '__import__', api({ does: 'load', module: argument(0, 'name') })),
  ...rows(
    'importlib.util',
    'spec_from_file_location',
    api({ does: 'load', module: argument(1, 'location') }),
  ),
  ...rows('pickle', 'load loads Unpickler', api({ does: 'deserialize', data: argument(0) })),
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
  ...rows(
    'ctypes',
    'CDLL WinDLL PyDLL cdll.LoadLibrary windll.LoadLibrary',
    api({ does: 'native' }),
  ),
  ...rows('sys', 'settrace setprofile', api({ does: 'trait', trait: 'patch-builtin' })),
  ...rows('os', 'setuid setgid seteuid', api({ does: 'trait', trait: 'privilege' })),
  ...rows('os', 'fork', api({ does: 'trait', trait: 'detached' })),
  ...rows('os', 'getenv getenvb', api({ does: 'env', name: argument(0, 'key') })),
  ...rows(
    'os.environ',
    'get pop setdefault __getitem__ __contains__',
    api({ does: 'env', name: argument(0) }),
  ),
  ...rows('os.environ', 'items keys values copy', api({ does: 'whole-env' })),
  ...rows('', 'input', api({ does: 'input' })),
  ...rows('sys.stdin', 'read readline readlines buffer.read', api({ does: 'input' })),
  ...rows('argparse.ArgumentParser()', 'parse_args parse_known_args', api({ does: 'input' })),
  ...rows('', 'print', api({ does: 'output' }, 'nothing')),
  ...rows('sys.stdout', 'write', api({ does: 'output' }, 'nothing')),
  ...rows(
    'logging',
    'debug info warning error critical exception',
    api({ does: 'output' }, 'nothing'),
  ),
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
  ...rows(
    '',
    'str repr ascii bytes bytearray list tuple set frozenset dict reversed format zip enumerate iter next vars sum',
    api([], 'through'),
  ),
  ...rows('int', 'from_bytes', api([], 'data')),
  ...rows('json', 'dumps loads load', api([], 'through')),
  ...rows('pprint', 'pformat', api([], 'through')),
  ...rows(
    'urllib.parse',
    'quote quote_plus urlencode unquote urljoin urlparse',
    api([], 'through'),
  ),
  ...rows('copy', 'copy deepcopy replace', api([], 'through')),
  ...rows('dataclasses', 'replace', api([], 'through')),
  ...rows('attr', 'evolve assoc', api([], 'through')),
  ...rows('attrs', 'evolve', api([], 'through')),
  ...rows('io', 'StringIO BytesIO', api([], 'through')),
  ...rows('textwrap', 'dedent indent fill', api([], 'through')),
  ...rows(
    '',
    'len bool int float isinstance hash id type any all hasattr range callable',
    api([], 'nothing'),
  ),
  ...pythonPackages,
  ...pythonObservations,
};

/**
 * Modules whose members must not be called by a computed name: the member could have any effect of
 * the module.
 */
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

/**
 * Functions that are reported when code passes them on instead of calling them: the later call is
 * not seen.
 */
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
