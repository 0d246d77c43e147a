/**
 * Python functions whose result has the data of their arguments: the same items in another list,
 * or parts and forms of a text. Sources: the Python 3.14 library reference, the packages'
 * documentation.
 */
import { api, argument, type PythonApiTable, rows } from './python-api.ts';

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
