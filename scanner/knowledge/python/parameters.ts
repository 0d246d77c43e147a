/**
 * The parameters of functions of Python in their order, so that a row needs to know an argument
 * only by its position: `os.system(command=…)` is `os.system(…)`. Functions that take their
 * arguments only by position are not listed, nor those whose rows name the argument. Source: the
 * signatures of Python 3.11 to 3.14, and the packages' documentation.
 */

/** Names of functions, as in tables of rows, and their parameters. */
const lists: Readonly<Record<string, string>> = {
  'os.system': 'command',
  'os.execl execle execlp execlpe': 'file',
  'os.execv execve posix_spawn posix_spawnp': 'path argv env',
  'os.execvp execvpe': 'file args env',
  'os.spawnl spawnle spawnlp spawnlpe': 'mode file',
  'os.spawnv spawnve spawnvp spawnvpe': 'mode file args',
  'os.startfile': 'filepath operation arguments',
  'os.fwalk walk': 'top',
  'os.lstat access listxattr getxattr setxattr listdir scandir stat readlink': 'path',
  'os.mknod mkdir mkfifo truncate utime chmod chown lchown lchmod chflags': 'path',
  'os.makedirs removedirs': 'name',
  'os.path.getsize getmtime': 'filename',
  'os.environ.get pop setdefault __getitem__ __contains__': 'key',
  'shutil.copyfileobj': 'fsrc fdst',
  'shutil.chown': 'path',
  'linecache.getline getlines': 'filename',
  'tokenize.open': 'filename',
  'fileinput.input': 'files',
  'io.FileIO': 'file mode',
  'mailbox.Maildir': 'dirname',
  'pty.spawn': 'argv',
  'asyncio.create_subprocess_exec': 'program',
  'asyncio.subprocess.create_subprocess_exec': 'program',
  'runpy.run_path': 'path_name',
  'runpy.run_module': 'mod_name',
  'runpy._run_code _run_module_code': 'code',
  'importlib.reload': 'module',
  'importlib.import_module __import__': 'name',
  __import__: 'name',
  'pkgutil.resolve_name': 'name',
  'pydoc.locate': 'path',
  'imp.load_dynamic load_source': 'name path',
  'zipimport.zipimporter': 'path',
  'site.addsitedir': 'sitedir',
  'cProfile.run runctx': 'statement',
  'profile.run runctx': 'statement',
  'trace.Trace#run': 'cmd',
  'pdb.run': 'statement',
  'pdb.runeval': 'expression',
  'code.InteractiveInterpreter#runsource': 'source',
  'code.InteractiveInterpreter#runcode': 'code',
  'code.InteractiveConsole#push': 'line',
  'code.InteractiveConsole#runsource': 'source',
  'code.InteractiveConsole#runcode': 'code',
  'pickle.load Unpickler': 'file',
  'dill.load': 'file',
  'dill.loads': 'str',
  'cloudpickle.load': 'file',
  'jsonpickle.decode loads': 'string',
  'yaml.load load_all unsafe_load unsafe_load_all full_load': 'stream Loader',
  'signal.signal': 'signalnum handler',
  'itertools.accumulate': 'iterable func',
  'sched.scheduler#enter': 'delay priority action argument',
  'sched.scheduler#enterabs': 'time priority action argument',
  'multiprocessing.Pool#map map_async imap imap_unordered starmap': 'func iterable',
  'multiprocessing.Pool#apply apply_async': 'func args',
  'ftplib.FTP#storbinary storlines': 'cmd fp',
  'ftplib.FTP_TLS#storbinary storlines': 'cmd fp',
  'socket.socket#sendfile': 'file',
  'telnetlib.Telnet': 'host port',
  'telnetlib.Telnet#write': 'buffer',
  'urllib.request.build_opener#open': 'fullurl data',
  'xml.etree.ElementTree.ElementTree#write': 'file_or_filename',
  'pandas.read_csv read_table': 'filepath_or_buffer',
  'pandas.read_json': 'path_or_buf',
  'pandas.read_excel read_html': 'io',
  'pandas.read_parquet': 'path',
  'numpy.loadtxt genfromtxt': 'fname',
  'pexpect.spawn run': 'command',
  'dns.resolver.resolve query': 'qname',
  'decouple.config': 'option',
  'websockets.connect': 'uri',
  'websockets.sync.client.connect': 'uri',
  'base64.b64decode urlsafe_b64decode standard_b64decode decodebytes': 's',
  'base64.b32decode b32hexdecode b16decode': 's',
  'base64.b85decode a85decode z85decode': 'b',
  'codecs.decode encode': 'obj encoding',
  'codecs.getdecoder': 'encoding',
  'gzip.decompress': 'data',
  'bz2.decompress': 'data',
  'lzma.decompress': 'data',
  'html.unescape': 's',
  'urllib.parse.unquote unquote_to_bytes': 'string',
  'urllib.parse.urljoin': 'base url',
  'textwrap.dedent': 'text',
  'string.Template': 'template',
  'json.loads': 's',
  'ast.literal_eval': 'node_or_string',
  're.sub subn': 'pattern repl string',
  're.match search fullmatch split findall': 'pattern string',
  'os.path.expanduser expandvars abspath realpath normpath': 'path',
  'os.path.basename dirname': 'p',
  'io.BytesIO': 'initial_bytes',
  'io.StringIO': 'initial_value',
  str: 'object encoding',
  'bytes bytearray': 'source encoding',
  'int.from_bytes': 'bytes byteorder',
};

/** The parameters of a function, as far as a row asks for them. */
export const parameters: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries(lists).flatMap(([functions, names]) => {
    const [owner = ''] = /^.*[.#]/.exec(functions.split(' ')[0] ?? '') ?? [];
    const each = functions.slice(owner.length).split(' ');
    return each.map((name) => [`${owner}${name}`, names.split(' ')] as const);
  }),
);

/** Rows know the arguments of these by their names, but the first. */
export const namedParameters: ReadonlyMap<string, readonly string[]> = new Map(
  'run call check_call check_output Popen'
    .split(' ')
    .map((name) => [
      `subprocess.${name}`,
      'args bufsize executable stdin stdout stderr preexec_fn close_fds shell cwd env'.split(' '),
    ]),
);
