/**
 * Python functions that encode data, and functions that call a function argument. Sources: the
 * Python 3.14 library reference, the packages' documentation.
 */
import { api, argument, calls, type PythonApiTable, rows } from './python-api.ts';

const ciphers: PythonApiTable = {
  ...Object.assign(
    {},
    ...[
      'Crypto.Cipher.AES.new()',
      'Cryptodome.Cipher.AES.new()',
      'Crypto.Cipher.ARC4.new()',
      'Crypto.Cipher.ChaCha20.new()',
      'Crypto.Cipher.PKCS1_OAEP.new()',
      'pyaes.AESModeOfOperationCTR()',
      'nacl.secret.SecretBox()',
      'nacl.public.SealedBox()',
      'nacl.public.Box()',
      'cryptography.hazmat.primitives.ciphers.aead.AESGCM()',
      'cryptography.hazmat.primitives.ciphers.aead.ChaCha20Poly1305()',
      'cryptography.fernet.MultiFernet()',
      'cryptography.fernet.Fernet()',
    ].map((owner) => ({
      ...rows(owner, 'encrypt encrypt_and_digest', api([], 'encoded')),
      ...rows(owner, 'decrypt decrypt_and_verify', api([], 'decoded')),
    })),
  ),
  ...rows(
    'cryptography.hazmat.primitives.ciphers.Cipher().encryptor()',
    'update',
    api([], 'encoded'),
  ),
  ...rows(
    'cryptography.hazmat.primitives.ciphers.Cipher().decryptor()',
    'update',
    api([], 'decoded'),
  ),
  ...rows('rsa', 'encrypt', api([], 'encoded')),
  ...rows('brotli', 'compress', api([], 'encoded')),
  ...rows('brotli', 'decompress', api([], 'decoded')),
  ...rows('base58', 'b58encode', api([], 'encoded')),
  ...rows('base58', 'b58decode', api([], 'decoded')),
  ...rows('codecs', 'encode', api([], 'encoded')),
  ...rows('struct', 'pack', api([], 'encoded')),
  ...rows('pickle', 'dumps', api([], 'encoded')),
  ...rows('marshal', 'dumps', api([], 'encoded')),
};

function ofLoop(loop: string): PythonApiTable {
  return {
    ...rows(loop, 'run_in_executor call_later call_at', calls(argument(1), { from: 2 })),
    ...rows(loop, 'call_soon call_soon_threadsafe', calls(argument(0), { from: 1 })),
  };
}

const later: PythonApiTable = {
  ...rows(
    'threading',
    'Thread',
    calls(argument(-1, 'target'), { list: argument(-1, 'args'), dict: argument(-1, 'kwargs') }),
  ),
  ...rows(
    'threading',
    'Timer',
    calls(argument(1, 'function'), { list: argument(2, 'args'), dict: argument(3, 'kwargs') }),
  ),
  ...rows(
    'multiprocessing',
    'Process',
    calls(argument(-1, 'target'), { list: argument(-1, 'args'), dict: argument(-1, 'kwargs') }),
  ),
  ...rows('_thread', 'start_new_thread start_new', calls(argument(0), { list: argument(1) })),
  ...rows('multiprocessing.Pool()', 'apply apply_async', calls(argument(0), { list: argument(1) })),
  ...rows(
    'multiprocessing.Pool()',
    'map imap imap_unordered map_async',
    calls(argument(0), { each: 1 }),
  ),
  ...rows('multiprocessing.Pool()', 'starmap', calls(argument(0), { each: 1, spread: true })),
  ...rows('concurrent.futures.ThreadPoolExecutor()', 'submit', calls(argument(0), { from: 1 })),
  ...rows('concurrent.futures.ProcessPoolExecutor()', 'submit', calls(argument(0), { from: 1 })),
  ...rows('concurrent.futures.ThreadPoolExecutor()', 'map', calls(argument(0), { each: 1 })),
  ...rows('concurrent.futures.ProcessPoolExecutor()', 'map', calls(argument(0), { each: 1 })),
  ...rows('asyncio', 'to_thread', calls(argument(0), { from: 1 })),
  ...ofLoop('asyncio.get_event_loop()'),
  ...ofLoop('asyncio.get_running_loop()'),
  ...ofLoop('asyncio.new_event_loop()'),
  ...rows('atexit', 'register', calls(argument(0), { from: 1 })),
  ...rows('signal', 'signal', calls(argument(1), {})),
  ...rows('weakref', 'finalize', calls(argument(1), { from: 2 })),
  ...rows(
    'sched.scheduler()',
    'enter enterabs',
    calls(argument(2), { list: argument(3, 'argument') }),
  ),
  ...rows('contextvars.copy_context()', 'run', calls(argument(0), { from: 1 })),
  ...rows('', 'map', calls(argument(0), { each: 1 })),
  ...rows('', 'filter', calls(argument(0), { each: 1 })),
  ...rows('functools', 'reduce', calls(argument(0), { each: 1, twice: true })),
  ...rows('itertools', 'starmap', calls(argument(0), { each: 1, spread: true })),
  ...rows('itertools', 'accumulate', calls(argument(1), { each: 0, twice: true })),
  ...rows('concurrent.futures', 'as_completed wait', api([], 'through')),
  ...rows('asyncio', 'as_completed wait', api([], 'through')),
  ...rows('contextlib.AsyncExitStack()', 'callback', calls(argument(0), { from: 1 })),
  ...rows('', 'sorted min max', calls(argument(-1, 'key'), { each: 0 })),
  ...rows('functools', 'cached_property lru_cache cache wraps', api([], 'through')),
  ...rows('contextlib.ExitStack()', 'callback', calls(argument(0), { from: 1 })),
  ...rows(
    'asyncio',
    'run create_task gather wait_for ensure_future shield run_coroutine_threadsafe',
    api([], 'through'),
  ),
  ...rows('asyncio.get_event_loop()', 'run_until_complete create_task', api([], 'through')),
  ...rows('builtins', '__build_class__', api([])),
};

/** Qualified name → its effects. */
export const pythonTransformers: PythonApiTable = { ...ciphers, ...later };

// Python functions whose result has the data of their arguments: the same items in another list,
// or parts and forms of a text. Sources: the Python 3.14 library reference, the packages'
// documentation.

const items = api([], 'through');
const data = api([], 'data');
const partOfFirst = api({ does: 'view', of: argument(0) }, 'holding');

const lists: PythonApiTable = {
  ...rows(
    'itertools',
    'batched chain chain.from_iterable combinations compress cycle dropwhile filterfalse groupby islice pairwise permutations product repeat takewhile zip_longest',
    items,
  ),
  ...rows('collections', 'ChainMap Counter OrderedDict UserDict UserList deque', items),
  ...rows('heapq', 'heappop heapreplace merge nlargest nsmallest', items),
  ...rows('more_itertools', 'chunked collapse flatten interleave peekable take windowed', items),
  ...rows('types', 'MappingProxyType', items),
  ...rows('collections', 'defaultdict', api([], 'holding')),
  ...rows('weakref', 'ref WeakMethod', api([], 'holding')),
  ...rows('unittest.mock', 'Mock MagicMock AsyncMock', api([], 'holding')),
};

const patterns: PythonApiTable = Object.assign(
  {},
  ...['re', 're.compile()', 'regex', 'regex.compile()'].map((owner) =>
    rows(owner, 'findall finditer fullmatch match search split sub subn', data),
  ),
);

const texts: PythonApiTable = {
  ...rows('', 'memoryview', api({ does: 'view', of: argument(0) }, 'data')),
  ...rows('struct', 'pack_into', api({ does: 'fill', into: argument(1) })),
  ...rows('ctypes', 'memmove', api({ does: 'fill', into: argument(0) })),
  ...rows('heapq', 'heappush heappushpop heapreplace', api({ does: 'fill', into: argument(0) })),
  ...rows('bisect', 'insort insort_left insort_right', api({ does: 'fill', into: argument(0) })),
  ...rows('array', 'array', data),
  ...rows('ctypes', 'create_string_buffer create_unicode_buffer', data),
  ...rows('html', 'escape unescape', data),
  ...rows('string.Template()', 'safe_substitute substitute', data),
  ...rows('textwrap', 'shorten wrap', data),
  ...rows('inspect', 'cleandoc', data),
  ...rows('unicodedata', 'normalize', data),
  ...rows('difflib', 'context_diff ndiff unified_diff', data),
  ...rows('operator', 'add concat', data),
  ...rows('sys', 'intern', data),
  ...rows('typing', 'cast', data),
  ...rows('os', 'fsdecode fsencode', data),
  ...rows('io', 'BufferedReader TextIOWrapper', data),
  ...rows(
    'urllib.parse',
    'parse_qs parse_qsl quote_from_bytes unquote_plus unquote_to_bytes urldefrag urlsplit urlunparse urlunsplit',
    data,
  ),
};

const documents: PythonApiTable = {
  ...rows('ast', 'literal_eval', data),
  ...rows('tomllib', 'load loads', data),
  ...rows('tomli', 'load loads', data),
  ...rows('toml', 'dumps load loads', data),
  ...rows('xml.etree.ElementTree', 'XML fromstring fromstringlist tostring', data),
  ...rows('xml.etree.ElementTree', 'SubElement', partOfFirst),
  ...rows('lxml.etree', 'SubElement', partOfFirst),
  ...rows('csv', 'writer DictWriter', partOfFirst),
  ...rows('xml.dom.minidom', 'parseString', data),
  ...rows('xml.dom.minidom.Document()', 'createTextNode createComment createCDATASection', data),
  ...rows('lxml.etree', 'HTML XML fromstring tostring', data),
  ...rows('lxml.html', 'fromstring', data),
  ...rows('defusedxml.ElementTree', 'fromstring', data),
  ...rows('xmltodict', 'parse unparse', data),
  ...rows('bs4', 'BeautifulSoup', data),
  ...rows('email', 'message_from_bytes message_from_file message_from_string', data),
  ...rows('email.mime.text', 'MIMEText', data),
  ...rows('email.mime.application', 'MIMEApplication', data),
  ...rows('email.mime.audio', 'MIMEAudio', data),
  ...rows('email.mime.image', 'MIMEImage', data),
  ...rows('email.mime.message', 'MIMEMessage', data),
  ...rows('http.cookies', 'SimpleCookie', data),
  ...rows('jinja2.Template()', 'render', data),
  ...rows('jinja2.Environment().from_string()', 'render', data),
  ...rows('jinja2.Environment().get_template()', 'render', data),
  ...rows('markdown', 'markdown', data),
};

/** Qualified name → what its result has. */
export const pythonRearrangers: PythonApiTable = { ...lists, ...patterns, ...texts, ...documents };
