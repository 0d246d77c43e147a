/** What Python's own library does. Source: the Python 3.14 library reference. */
import {
  type ArgOf,
  by,
  type EffectOf,
  named,
  nothing,
  type Row,
  type RowEffect,
  row,
  type Table,
  through,
} from '../row.ts';

import { pythonPackages } from './packages.ts';
import {
  code,
  connects,
  decoded,
  encoded,
  input,
  listens,
  looksUp,
  native,
  ofEach,
  opens,
  partOfFirst,
  reads,
  requests,
  runs,
  runsAs,
  runsLine,
  same,
  sends,
  tells,
  toOwnHost,
  trait,
  unpickles,
  variable,
  writes,
} from './rows.ts';

// A request with data is a POST.
function opensUrl(url: ArgOf): readonly EffectOf<'request'>[] {
  const data = { of: by('data', 1), form: /./s };
  return [
    { does: 'request', url, method: 'GET', unless: data },
    { does: 'request', url, method: 'POST', body: [data.of], when: data },
  ];
}

const fetches: RowEffect = { does: 'request', url: by('url'), method: 'GET' };

const network: Table = {
  ...ofEach('ssl ssl.create_default_context() ssl.SSLContext()', {
    'wrap_socket().connect': connects(0, 'address'),
    'wrap_socket().send sendall write': sends(0),
  }),
  ...ofEach('socket.socket() socket.create_connection()', {
    'send sendall sendfile sendmsg': sends(0),
  }),
  ...ofEach('http.client.HTTPSConnection() http.client.HTTPConnection()', {
    request: row(toOwnHost),
    'putheader putrequest': sends(1),
    'endheaders send': sends(0),
  }),
  ...ofEach('smtplib.SMTP() smtplib.SMTP_SSL()', {
    sendmail: sends(by('msg', 2)),
    send_message: sends(by('msg')),
  }),
  ...ofEach('ftplib.FTP() ftplib.FTP_TLS()', {
    connect: connects(21),
    'storbinary storlines': sends(1),
  }),
  'webbrowser.open open_new open_new_tab': requests('GET'),
  'xmlrpc.client.ServerProxy': row({
    ...fetches,
    url: by('uri'),
    method: 'POST',
    header: ['headers'],
  }),
  'urllib.request.urlopen': row(opensUrl(by('url'))),
  'urllib.request.Request': row(
    opensUrl(by('url')).map((one) => ({ ...one, methodAt: 'method', header: ['headers'] })),
  ),
  'urllib.request.build_opener().open': row(opensUrl(0)),
  'socket.socket().sendto': row([
    { does: 'connect', scheme: 'udp', host: by('address', 1), port: by('port', 2), usual: 0 },
    { does: 'send', content: 0 },
  ]),
  'multiprocessing.connection.Client multiprocessing.managers.BaseManager': connects(0, 'address'),
  'multiprocessing.managers.SyncManager socket.create_connection': connects(0, 'address'),
  'socket.socket().connect connect_ex': connects(0, 'address'),
  'asyncio.open_connection': connects(0),
  'ftplib.FTP FTP_TLS': connects(21),
  'telnetlib.Telnet': connects(23),
  'smtplib.LMTP': connects(24),
  'logging.handlers.SMTPHandler': connects(25, 'mailhost'),
  'smtplib.SMTP SMTP_SSL smtplib.SMTP().connect': connects(25),
  'http.client.HTTPConnection logging.handlers.HTTPHandler': connects(80, 'host', 'http'),
  'poplib.POP3': connects(110),
  'nntplib.NNTP NNTP_SSL': connects(119),
  'imaplib.IMAP4': connects(143),
  'ssl.get_server_certificate': connects(443, 'addr'),
  'http.client.HTTPSConnection': connects(443, 'host', 'https'),
  'smtplib.SMTP_SSL().connect': connects(465),
  'logging.handlers.SysLogHandler': connects(514, 'address'),
  'imaplib.IMAP4_SSL': connects(993),
  'poplib.POP3_SSL': connects(995),
  'logging.handlers.DatagramHandler SocketHandler': connects(9020),
  'socket.getaddrinfo gethostbyaddr gethostbyname gethostbyname_ex getnameinfo': looksUp,
  'asyncio.open_connection().write multiprocessing.connection.Client().send send_bytes': sends(0),
  'socket.socket().makefile().write telnetlib.Telnet().write': sends(0),
  'os.popen().write subprocess.Popen().stdin.write writelines': sends(0, 'input'),
  'os.write': sends(by('data', 1)),
  'os.sendfile': sends(by('in_fd', 1)),
  'asyncio.create_subprocess_exec().communicate': sends(by('input'), 'input'),
  'subprocess.Popen().communicate': sends(by('input'), 'input'),
  'imaplib.IMAP4_SSL().append': sends(by('message', 3)),
  'urllib.request.Request().add_header add_unredirected_header': sends(by('val', 1), 'header'),
  'asyncio.start_server start_unix_server http.server.HTTPServer ThreadingHTTPServer test': listens,
  'multiprocessing.connection.Listener socket.create_server socket.socket().bind listen': listens,
  'socketserver.ForkingTCPServer TCPServer ThreadingTCPServer ThreadingUDPServer': listens,
  'socketserver.UDPServer UnixStreamServer wsgiref.simple_server.make_server': listens,
  'xmlrpc.server.SimpleXMLRPCServer': listens,
};

const unsafe: RowEffect = {
  does: 'trait',
  trait: 'unsafe-extract',
  unless: { of: 'filter', form: /^/ },
};
const unpacks: RowEffect = { does: 'read', path: 'self', to: by('path'), unpacks: true };
const packs = (path: string): Row =>
  row({ does: 'read', path: by(path), packs: true, isPath: true });
const copies = row({ does: 'read', path: by('src'), to: by('dst', 1) });
const readsSelf = row({ does: 'read', path: 'self' });
const changesMode: RowEffect = {
  does: 'write',
  path: 'self',
  mode: by('mode'),
  traits: ['write', 'permissions'],
};
const changes = row({ ...changesMode, path: 0, mode: by('mode', 1) });

const files: Table = {
  ...ofEach('tarfile.open() tarfile.TarFile()', {
    extractall: row([unsafe, unpacks]),
    extract: row([unsafe, { ...unpacks, to: by('path', 1) }]),
  }),
  'zipfile.ZipFile().extractall': row(unpacks),
  'zipfile.ZipFile().extract': row({ ...unpacks, to: by('path', 1) }),
  'os.renames': row({ does: 'read', path: by('old'), to: by('new', 1) }),
  'netrc.netrc': row({ does: 'read', path: { at: 0, name: 'file', text: '~/.netrc' } }),
  'fileinput.input': row([{ does: 'read', path: 0 }, { does: 'input' }]),
  'os.link symlink': row({ does: 'read', path: by('src'), to: by('dst', 1), traits: ['link'] }),
  'shutil.make_archive': row({ does: 'read', path: by('root_dir', 2), to: by('base_name') }),
  'os.rename replace shutil.copy copy2 copyfile copymode copystat copytree': copies,
  'shutil.copyfileobj': row({ does: 'put', into: by('fdst', 1), content: by('fsrc') }, 'nothing'),
  'shutil.move': copies,
  'sqlite3.Connection connect': reads('database'),
  'dbm.open xml.dom.minidom.parse': reads('file'),
  'zipfile.ZipFile().write': packs('filename'),
  'tarfile.TarFile().add tarfile.TarFile.open().add tarfile.open().add': packs('name'),
  'mailbox.Maildir mbox': reads('path'),
  'glob.glob iglob': row({ does: 'search', folder: by('pathname') }),
  'xml.etree.ElementTree.iterparse parse': reads('source'),
  'linecache.getline getlines os.access fwalk getxattr listdir listxattr lstat readlink': reads(),
  'os.scandir stat walk os.path.getmtime getsize tokenize.open': reads(),
  'pathlib.Path().copy copy_into move move_into read_bytes read_text': readsSelf,
  'pathlib.Path().glob iterdir rglob': row({ does: 'search', folder: 'self', pattern: 0 }),
  'pathlib.Path().walk': readsSelf,
  'pathlib.Path().open': row({ does: 'open', path: 'self', mode: by('mode') }),
  'open io.open zipfile.ZipFile': opens('file'),
  'bz2.BZ2File open codecs.open gzip.GzipFile open lzma.LZMAFile open': opens('filename'),
  'io.FileIO tarfile.TarFile open tarfile.TarFile.open': opens('name'),
  'os.open': opens('path'),
  'shutil.unpack_archive': row([
    { does: 'write', path: by('extract_dir', 1) },
    unsafe,
    { ...unpacks, path: by('filename'), to: by('extract_dir', 1) },
  ]),
  'pathlib.Path().chmod lchmod link_to': row(changesMode),
  'pathlib.Path().write_bytes write_text': row({
    does: 'write',
    path: 'self',
    content: by('data'),
  }),
  'pathlib.Path().mkdir touch': row({ does: 'write', path: 'self' }),
  'pathlib.Path().rename replace': row({ does: 'write', path: 'self', to: by('target') }),
  'pathlib.Path().hardlink_to symlink_to': row({
    does: 'write',
    path: 'self',
    traits: ['write', 'link'],
  }),
  'os.chflags chmod chown lchmod lchown mknod setxattr shutil.chown': changes,
  'os.makedirs mkdir mkfifo truncate utime xml.etree.ElementTree.ElementTree().write': writes,
  'xml.etree.ElementTree.parse().write': writes,
  'os.remove removedirs rmdir unlink': row({ does: 'delete', path: by('path') }),
  'shutil.rmtree': row({ does: 'delete', path: by('path'), traits: ['delete', 'recursive'] }),
  'pathlib.Path().rmdir unlink': row({ does: 'delete', path: 'self' }),
};

function loads(path: ArgOf): Row {
  return row({ does: 'load', path });
}

const _compiles = row({ does: 'trait', trait: 'code-from-string' }, same.gives);

const programs: Table = {
  'shelve.open': row([
    { does: 'read', path: by('filename') },
    { does: 'deserialize', data: by('filename'), byPath: true },
  ]),
  '_posixsubprocess.fork_exec pty.spawn': runs(0),
  'ctypes.CDLL().execl execlp os.execl execle execlp execlpe': runsAs(0, { rest: 1 }),
  'ctypes.CDLL().execv execvp os.execv execve execvp execvpe posix_spawn posix_spawnp': runsAs(
    0,
    1,
  ),
  'os.spawnl spawnle spawnlp spawnlpe': runsAs(1, { rest: 2 }),
  'os.spawnv spawnve spawnvp spawnvpe': runsAs(1, 2),
  'ctypes.windll.shell32.ShellExecuteA ShellExecuteW': runs(2),
  'subprocess.Popen call check_call check_output run': runs(by('args')),
  'asyncio.create_subprocess_exec asyncio.subprocess.create_subprocess_exec': runs({ rest: 0 }),
  'ctypes.CDLL().popen system ctypes.PyDLL().popen system': runsLine(0),
  'ctypes.cdll.LoadLibrary().popen system ctypes.windll.kernel32.WinExec': runsLine(0),
  '_winapi.CreateProcess': runsLine(1),
  'asyncio.create_subprocess_shell asyncio.subprocess.create_subprocess_shell': runsLine(by('cmd')),
  'commands.getoutput getstatusoutput os.popen popen2 popen3 popen4 system': runsLine(by('cmd')),
  'platform.popen popen2.popen2 popen3 subprocess.getoutput getstatusoutput': runsLine(by('cmd')),
  exec: row({ does: 'code', code: 0 }, 'nothing'),
  'builtins.eval exec cProfile.run runctx code.InteractiveConsole().push runcode': code(0),
  'code.InteractiveConsole().runsource code.InteractiveInterpreter().runcode runsource': code(0),
  'ctypes.CDLL().PyRun_SimpleString ctypes.pythonapi.PyRun_SimpleString pdb.run runeval': code(0),
  'profile.run runctx runpy._run_code _run_module_code trace.Trace().run': code(0),
  'timeit.Timer repeat timeit': code(by('stmt')),
  'sys.path.append': row({ does: 'load', path: 0, isFolder: true }),
  'sys.path.insert': row({ does: 'load', path: 1, isFolder: true }),
  'execfile runpy.run_module run_path site.addsitedir zipimport.zipimporter': loads(0),
  'importlib.util.spec_from_loader': loads(by('loader', 1)),
  'importlib.util.spec_from_file_location': loads(by('location', 1)),
  'importlib.reload': loads(by('name')),
  'importlib.machinery.SourceFileLoader SourcelessFileLoader': loads(by('path', 1)),
  'imp.load_dynamic load_module load_source': loads(by('pathname', 1)),
  'marshal.load loads': row(
    [
      { does: 'deserialize', data: 0 },
      { does: 'trait', trait: 'decode' },
    ],
    'decoded',
  ),
  'multiprocessing.reduction.ForkingPickler.loads pickle.Unpickler load loads': unpickles(0),
  '_pickle.Unpickler load loads cPickle.load loads': unpickles(by('file')),
  'ctypes.CDLL CFUNCTYPE OleDLL PYFUNCTYPE PyDLL WinDLL ctypes.cdll.LoadLibrary': native,
  'ctypes.windll.LoadLibrary importlib.machinery.ExtensionFileLoader': native,
  'types.FunctionType LambdaType': row([
    { does: 'trait', trait: 'code-from-string' },
    { does: 'code', code: by('code') },
  ]),
  'winreg.CreateKey SetValueEx': trait('autostart'),
  'code.InteractiveConsole InteractiveInterpreter interact': trait('code-from-string'),
  'types.CodeType': trait('code-from-string'),
  'os.fork forkpty setsid pty.fork': trait('detached'),
  'gc.get_objects get_referrers': trait('escape'),
  'sys.addaudithook setprofile settrace sys.meta_path.append insert': trait('patch-builtin'),
  'sys.path_hooks.append insert threading.setprofile settrace': trait('patch-builtin'),
  'os.seteuid setgid setgroups setresuid setreuid setuid': trait('privilege'),
  'ssl._create_unverified_context': trait('tls-off'),
};

const prints = row({ does: 'output', content: { rest: 0 } }, 'nothing');

const surroundings: Table = {
  'os.environ.__contains__ __getitem__': variable(0),
  'os.getenv getenvb': variable(by('key')),
  'os.environ.keys values': row({ does: 'whole-env' }),
  'input fileinput.FileInput': input,
  'getpass.getpass sys.__stdin__.read readline readlines sys.stdin.read readline readlines': input,
  'sys.stdin.buffer.read read1 readline readlines': input,
  'logging.critical debug error exception info warning sys.stdout.write': prints,
  'uuid.getnode': tells('hardware address'),
  'os.uname platform.node uname socket.getfqdn gethostname': tells('host name'),
  'platform.machine platform processor release system version': tells('system'),
  'getpass.getuser os.getlogin pwd.getpwuid': tells('user name'),
};

function calls(callee: ArgOf, more: Partial<EffectOf<'call'>> = {}): Row {
  return row({ does: 'call', callee, ...more }, 'called');
}

const isLater = true;
const callsFirst = calls(0, { given: [{ rest: 1 }], isLater });
const callsSecond = calls(1, { given: [{ rest: 2 }], isLater });
const appliesFirst = calls(0, { given: [1], spread: true, isLater });

const callbacks: Table = {
  ...ofEach('asyncio.get_event_loop() asyncio.get_running_loop() asyncio.new_event_loop()', {
    'call_at call_later run_in_executor': callsSecond,
    'call_soon call_soon_threadsafe': callsFirst,
  }),
  ...ofEach('concurrent.futures.ThreadPoolExecutor() concurrent.futures.ProcessPoolExecutor()', {
    submit: callsFirst,
    map: calls(0, { each: 1, isLater }),
  }),
  '_thread.start_new start_new_thread multiprocessing.Pool().apply apply_async': appliesFirst,
  'multiprocessing.Process threading.Thread': calls('target', {
    given: ['args', 'kwargs'],
    spread: true,
    isLater,
  }),
  'multiprocessing.Pool().imap imap_unordered map map_async': calls(0, { each: 1 }),
  'itertools.starmap multiprocessing.Pool().starmap': calls(0, { each: 1, spread: true }),
  'signal.signal': calls(1, { isLater }),
  'itertools.accumulate': calls(1, { each: 0, pairs: true }),
  'sched.scheduler().enter enterabs': calls(2, {
    given: [by('argument', 3)],
    spread: true,
    isLater,
  }),
  'threading.Timer': calls(by('function', 1), {
    given: [by('args', 2), by('kwargs', 3)],
    spread: true,
    isLater,
  }),
  'asyncio.to_thread atexit.register contextlib.AsyncExitStack().callback': callsFirst,
  'contextlib.ExitStack().callback contextvars.copy_context().run': callsFirst,
  'weakref.finalize': callsSecond,
};

function fills(into: number): Row {
  return row({ does: 'fill', into, with: { rest: 0 } });
}

const holds = row([], 'object');

const data: Table = {
  ...ofEach('re re.compile() regex regex.compile()', {
    'findall finditer fullmatch match search split sub subn': through,
  }),
  '__build_class__ doctest.testmod os.chdir chroot pathlib.Path().exists is_file': row([]),
  'pathlib.Path().lstat readlink stat': row([]),
  'pickle.Unpickler().load': through,
  'bz2.decompress': decoded,
  'lzma.decompress': decoded,
  'base64.a85encode b16encode b32encode b64encode b85encode encodebytes': encoded,
  'base64.standard_b64encode urlsafe_b64encode binascii.b2a_base64 b2a_hex hexlify': encoded,
  'hashlib.blake2b blake2s md5 new sha1 sha224 sha256 sha384 sha512 sha3_256 sha3_512': nothing,
  'bz2.compress gzip.compress lzma.compress marshal.dumps pickle.dumps': encoded,
  'struct.pack zlib.compress': encoded,
  'bisect.insort insort_left insort_right ctypes.memmove heapq.heappush heappushpop': fills(0),
  'heapq.heapreplace': fills(0),
  'struct.pack_into': fills(1),
  'unittest.mock.AsyncMock MagicMock Mock': holds,
  'urllib.request.HTTPBasicAuthHandler HTTPCookieProcessor HTTPDigestAuthHandler': holds,
  'urllib.request.ProxyBasicAuthHandler ProxyHandler build_opener weakref.WeakMethod ref': holds,
  'all any bool callable hasattr hash id isinstance': nothing,
  'csv.DictWriter writer xml.etree.ElementTree.SubElement': partOfFirst,
  ascii: same,
  'sum asyncio.as_completed create_task ensure_future': same,
  'asyncio.gather run run_coroutine_threadsafe shield wait wait_for': same,
  'asyncio.get_event_loop().create_task run_until_complete collections.ChainMap Counter': same,
  'collections.OrderedDict UserDict UserList concurrent.futures.as_completed wait': same,
  'copy.replace csv.DictReader reader dataclasses.asdict astuple': same,
  'functools.cache lru_cache wraps heapq.heappop merge nlargest nsmallest': same,
  'inspect.getattr_static itertools.batched chain': same,
  'itertools.combinations compress dropwhile filterfalse groupby islice pairwise': same,
  'itertools.permutations product repeat takewhile itertools.chain.from_iterable': same,
  'mmap.mmap plistlib.load loads pprint.pformat': same,
  'subprocess.list2cmdline textwrap.dedent fill indent types.MappingProxyType': same,
  'urllib.parse.quote quote_plus unquote urlencode urljoin urlparse': same,
  'array.array ast.literal_eval ctypes.create_string_buffer create_unicode_buffer': through,
  'difflib.context_diff ndiff unified_diff email.message_from_bytes message_from_file': through,
  'email.message_from_string email.mime.application.MIMEApplication': through,
  'email.mime.audio.MIMEAudio email.mime.image.MIMEImage email.mime.message.MIMEMessage': through,
  'email.mime.text.MIMEText html.escape unescape http.cookies.SimpleCookie': through,
  'inspect.cleandoc int.from_bytes operator.add concat': through,
  'os.fsdecode fsencode string.Template().safe_substitute substitute sys.intern': through,
  'textwrap.shorten wrap traceback.format_exception': through,
  'traceback.format_exception_only traceback.TracebackException.from_exception': through,
  'typing.cast unicodedata.normalize urllib.parse.parse_qs parse_qsl quote_from_bytes': through,
  'urllib.parse.unquote_plus unquote_to_bytes urldefrag urlsplit urlunparse urlunsplit': through,
  'xml.dom.minidom.parseString xml.dom.minidom.Document().createCDATASection': through,
  'xml.dom.minidom.Document().createComment createTextNode xml.etree.ElementTree.XML': through,
  'xml.etree.ElementTree.fromstring fromstringlist tostring': through,
};

/**
 * What Python's library and packages from PyPI do, by qualified name. `X()` stands for an object
 * that a call of X returned: `socket.socket().connect`.
 */
export const pythonRows: Table = {
  ...pythonPackages,
  ...named({
    ...network,
    ...files,
    ...programs,
    ...surroundings,
    ...callbacks,
    ...data,
  }),
};

/**
 * Modules whose members must not be called by a computed name: the member could have any effect of
 * the module.
 */
export const powerfulModules: ReadonlySet<string> = new Set(
  'os subprocess builtins __builtins__ socket pty ctypes importlib sys shutil'.split(' '),
);
