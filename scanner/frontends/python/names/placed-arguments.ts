/**
 * Arguments that a call names, put at their positions, so that the models need to know only one of
 * the two forms: `os.system(command=…)` is `os.system(…)`. Functions that take their arguments only
 * by position are not listed, nor those whose rows name the argument. Source: the signatures of
 * Python 3.11 to 3.14, and the packages' documentation.
 */
import type { CallGiven } from '../program.ts';

const of = (owner: string, functions: string, names: string): [string, readonly string[]][] =>
  functions.split(' ').map((name) => [owner === '' ? name : `${owner}.${name}`, names.split(' ')]);

/** The parameters of a function, in their order, as far as a model asks for them. */
const parameters: ReadonlyMap<string, readonly string[]> = new Map([
  ...of('os', 'system', 'command'),
  ...of('os', 'execl execle execlp execlpe', 'file'),
  ...of('os', 'execv execve posix_spawn posix_spawnp', 'path argv env'),
  ...of('os', 'execvp execvpe', 'file args env'),
  ...of('os', 'spawnl spawnle spawnlp spawnlpe', 'mode file'),
  ...of('os', 'spawnv spawnve spawnvp spawnvpe', 'mode file args'),
  ...of('os', 'startfile', 'filepath operation arguments'),
  ...of('os', 'fwalk walk', 'top'),
  ...of('os', 'lstat access listxattr getxattr setxattr listdir scandir stat readlink', 'path'),
  ...of('os', 'mknod mkdir mkfifo truncate utime chmod chown lchown lchmod chflags', 'path'),
  ...of('os', 'makedirs removedirs', 'name'),
  ...of('os.path', 'getsize getmtime', 'filename'),
  ...of('os.environ', 'get pop setdefault __getitem__ __contains__', 'key'),
  ...of('shutil', 'copyfileobj', 'fsrc fdst'),
  ...of('shutil', 'chown', 'path'),
  ...of('linecache', 'getline getlines', 'filename'),
  ...of('tokenize', 'open', 'filename'),
  ...of('fileinput', 'input', 'files'),
  ...of('io', 'FileIO', 'file mode'),
  ...of('mailbox', 'Maildir', 'dirname'),
  ...of('pty', 'spawn', 'argv'),
  ...of('asyncio', 'create_subprocess_exec', 'program'),
  ...of('asyncio.subprocess', 'create_subprocess_exec', 'program'),
  ...of('runpy', 'run_path', 'path_name'),
  ...of('runpy', 'run_module', 'mod_name'),
  ...of('runpy', '_run_code _run_module_code', 'code'),
  ...of('importlib', 'reload', 'module'),
  ...of('importlib', 'import_module __import__', 'name'),
  ...of('', '__import__', 'name'),
  ...of('pkgutil', 'resolve_name', 'name'),
  ...of('pydoc', 'locate', 'path'),
  ...of('imp', 'load_dynamic load_source', 'name path'),
  ...of('zipimport', 'zipimporter', 'path'),
  ...of('site', 'addsitedir', 'sitedir'),
  ...of('cProfile', 'run runctx', 'statement'),
  ...of('profile', 'run runctx', 'statement'),
  ...of('trace.Trace()', 'run', 'cmd'),
  ...of('pdb', 'run', 'statement'),
  ...of('pdb', 'runeval', 'expression'),
  ...of('code.InteractiveInterpreter()', 'runsource', 'source'),
  ...of('code.InteractiveInterpreter()', 'runcode', 'code'),
  ...of('code.InteractiveConsole()', 'push', 'line'),
  ...of('code.InteractiveConsole()', 'runsource', 'source'),
  ...of('code.InteractiveConsole()', 'runcode', 'code'),
  ...of('pickle', 'load Unpickler', 'file'),
  ...of('dill', 'load', 'file'),
  ...of('dill', 'loads', 'str'),
  ...of('cloudpickle', 'load', 'file'),
  ...of('jsonpickle', 'decode loads', 'string'),
  ...of('yaml', 'load load_all unsafe_load unsafe_load_all full_load', 'stream Loader'),
  ...of('signal', 'signal', 'signalnum handler'),
  ...of('itertools', 'accumulate', 'iterable func'),
  ...of('sched.scheduler()', 'enter', 'delay priority action argument'),
  ...of('sched.scheduler()', 'enterabs', 'time priority action argument'),
  ...of('multiprocessing.Pool()', 'map map_async imap imap_unordered starmap', 'func iterable'),
  ...of('multiprocessing.Pool()', 'apply apply_async', 'func args'),
  ...of('ftplib.FTP()', 'storbinary storlines', 'cmd fp'),
  ...of('ftplib.FTP_TLS()', 'storbinary storlines', 'cmd fp'),
  ...of('socket.socket()', 'sendfile', 'file'),
  ...of('telnetlib', 'Telnet', 'host port'),
  ...of('telnetlib.Telnet()', 'write', 'buffer'),
  ...of('urllib.request.build_opener()', 'open', 'fullurl data'),
  ...of('xml.etree.ElementTree.ElementTree()', 'write', 'file_or_filename'),
  ...of('pandas', 'read_csv read_table', 'filepath_or_buffer'),
  ...of('pandas', 'read_json', 'path_or_buf'),
  ...of('pandas', 'read_excel read_html', 'io'),
  ...of('pandas', 'read_parquet', 'path'),
  ...of('numpy', 'loadtxt genfromtxt', 'fname'),
  ...of('pexpect', 'spawn run', 'command'),
  ...of('dns.resolver', 'resolve query', 'qname'),
  ...of('decouple', 'config', 'option'),
  ...of('websockets', 'connect', 'uri'),
  ...of('websockets.sync.client', 'connect', 'uri'),
  ...of('base64', 'b64decode urlsafe_b64decode standard_b64decode decodebytes', 's'),
  ...of('base64', 'b32decode b32hexdecode b16decode', 's'),
  ...of('base64', 'b85decode a85decode z85decode', 'b'),
  ...of('codecs', 'decode encode', 'obj encoding'),
  ...of('codecs', 'getdecoder', 'encoding'),
  ...of('gzip', 'decompress', 'data'),
  ...of('bz2', 'decompress', 'data'),
  ...of('lzma', 'decompress', 'data'),
  ...of('html', 'unescape', 's'),
  ...of('urllib.parse', 'unquote unquote_to_bytes', 'string'),
  ...of('urllib.parse', 'urljoin', 'base url'),
  ...of('textwrap', 'dedent', 'text'),
  ...of('string', 'Template', 'template'),
  ...of('json', 'loads', 's'),
  ...of('ast', 'literal_eval', 'node_or_string'),
  ...of('re', 'sub subn', 'pattern repl string'),
  ...of('re', 'match search fullmatch split findall', 'pattern string'),
  ...of('os.path', 'expanduser expandvars abspath realpath normpath', 'path'),
  ...of('os.path', 'basename dirname', 'p'),
  ...of('io', 'BytesIO', 'initial_bytes'),
  ...of('io', 'StringIO', 'initial_value'),
  ...of('', 'str', 'object encoding'),
  ...of('', 'bytes bytearray', 'source encoding'),
  ...of('int', 'from_bytes', 'bytes byteorder'),
]);

// Models know all but the first of these by name.
const namedParameters: ReadonlyMap<string, readonly string[]> = new Map(
  of(
    'subprocess',
    'run call check_call check_output Popen',
    'args bufsize executable stdin stdout stderr preexec_fn close_fds shell cwd env',
  ),
);

/**
 * The call with named arguments at their positions, up to the first position that lacks one, or
 * with arguments by name where the models know the function's arguments so.
 */
export function placed<Value>(qual: string, given: CallGiven<Value>): CallGiven<Value> {
  const { args, keywords } = given;
  const named = args.length > 1 ? namedParameters.get(qual) : undefined;
  if (named !== undefined) {
    const entries = args.slice(1).flatMap((value, at) => {
      const name = named[at + 1];
      return name === undefined ? [] : [[name, value] as const];
    });
    return { args: args.slice(0, 1), keywords: new Map([...entries, ...keywords]) };
  }
  const names = keywords.size === 0 ? undefined : parameters.get(plainName(qual));
  if (names === undefined) return given;
  const left = new Map(keywords);
  const all = [...args];
  for (const name of names.slice(args.length)) {
    if (!left.has(name)) break;
    all.push(left.get(name) as Value);
    left.delete(name);
  }
  return { args: all, keywords: left };
}

function plainName(qual: string): string {
  return qual.replace(/^(builtins|__builtins__)\./, '');
}
