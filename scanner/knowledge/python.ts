/** Python for the engine: its libraries, names and rules of its own. */
import { unknownPart } from '../lookup-tables/egress-of.ts';
import { pythonOwnModules } from '../lookup-tables/python-own-modules.ts';
import { powerfulModules, pythonRows } from './python/library.ts';
import { channels, openClientIn, sendsNothing } from './python/packages.ts';
import { namedParameters, parameters } from './python/parameters.ts';
import {
  computes,
  type Knowledge,
  nothing,
  type Row,
  type RowEffect,
  row,
  type Table,
  through,
} from './row.ts';

/**
 * Attributes from which every module and built-in can be reached (the ways out of restricted
 * Python).
 */
const reachingNames =
  /^(__subclasses__|__globals__|__builtins__|__closure__|__getattribute__|__reduce_ex__|f_globals|f_builtins|f_locals|gi_frame|cr_frame|ag_frame|tb_frame|f_back)$/;

const modulesSeenThroughOthers =
  /^(?!asyncio\.|socket\.)\w+(?:\.\w+)?\._?(os|sys|subprocess|builtins|socket|shutil|ctypes|importlib)$/;

/**
 * The name under which the tables know a qualified name: modules seen through other modules, and
 * the C modules beneath `os`, are those themselves.
 */
function canonicalName(qual: string): string {
  const [, module] = modulesSeenThroughOthers.exec(qual) ?? [];
  if (module !== undefined) return module;
  return qual
    .replace(/^(.*\.)?__builtins__(?=\.|$)/, 'builtins')
    .replace(/^.*\.__globals__\.(?=\w)/, '')
    .replace(/^builtins\.(?=\w)/, '')
    .replace(/^(posix|nt)(?=\.|$)/, 'os')
    .replace(/^(posixpath|ntpath)(?=\.|$)/, 'os.path')
    .replace(/^_io\./, 'io.');
}

const byShell = { of: 'shell', form: /^true$/i } as const;

function deeds(name: string, effect: RowEffect): readonly RowEffect[] {
  switch (effect.does) {
    case 'request':
      return [
        {
          method: '*',
          ...effect,
          header: [
            ...(effect.header ?? []),
            ...['hooks', 'event_hooks', 'auth', 'trace_configs', 'proxies'].filter(
              (one) => !effect.header?.includes(one),
            ),
            ...(name.includes('()') ? ['self' as const] : []),
          ],
        },
      ];
    case 'incoming':
      return [{ does: 'receive' }];
    case 'program':
      return effect.shell
        ? [effect]
        : [
            { ...effect, input: 'input', shell: true, when: byShell },
            { ...effect, input: 'input', shell: false, executable: 'executable', unless: byShell },
          ];
    case 'read':
    case 'write':
    case 'delete':
    case 'open':
      return takesPath.test(name) ? [{ ...effect, isPath: true }] : [effect];
    default:
      return [effect];
  }
}

/** Functions whose path is never a file that is open. */
const takesPath = /^(open$|io\.open$|os\.|shutil\.(?!copyfileobj)|glob\.|pathlib\.)/;

// A row as the engine applies it in a language whose libraries are not all known.
function inOpenWorld(name: string, { effects, gives }: Row): Row {
  const all = effects.flatMap((one) => deeds(name, one));
  const givesData = effects.some(({ does }) =>
    /^(env|whole-env|input|observe|deserialize|search)$/.test(does),
  );
  if (gives === undefined)
    return givesData
      ? { effects: all }
      : { effects: all, gives: { instance: name, ...(effects.length === 0 && { bare: true }) } };
  const isSame = typeof gives === 'object' && 'compute' in gives && gives.compute === 'same';
  return {
    effects: all,
    gives: isSame ? 'through' : gives === 'object' ? { instance: name } : gives,
  };
}

const old: Table = Object.fromEntries(
  Object.entries(pythonRows).map(([name, one]) => [
    name.replace(/\(\)\.(?=[^()]*$)/, '#').replace(/^os\.environ\./, 'os.environ#'),
    inOpenWorld(name, one),
  ]),
);

const ofPaths: Table = Object.fromEntries(
  Object.entries(old).flatMap(([name, one]) =>
    name.startsWith('pathlib.Path#') ? [[name.replace('pathlib.Path#', 'Text#'), one]] : [],
  ),
);

const itself = row([], 'self');
const content = row([], 'content');
const readsText = row({ does: 'read', path: 'self' }, 'content');
const output = row(
  [
    { does: 'output', content: { rest: 0 } },
    { does: 'put', into: 'file', content: { rest: 0 } },
  ],
  'nothing',
);
const client = (instance: string): Row =>
  row(
    {
      does: 'connect',
      scheme: 'https',
      host: { at: 0, name: 'base_url' },
      port: 'none',
      when: { of: { at: 0, name: 'base_url' }, form: /./ },
    },
    { instance },
  );
const declared: RowEffect[] = [
  { does: 'env', name: 'envvar', when: { of: 'envvar', form: /./ } },
  { does: 'env', name: 'env', when: { of: 'env', form: /./ } },
  { does: 'call', callee: 'default' },
  { does: 'call', callee: 'default_factory' },
  { does: 'call', callee: 'factory' },
];
const field = row(declared, 'through');
const compiles = row(
  { does: 'trait', trait: 'code-from-string' },
  { compute: 'same', of: [{ at: 0, name: 'source' }] },
);
const each = (names: string, one: Row): Table =>
  Object.fromEntries(names.split(' ').map((name) => [name, one]));
const own: Table = {
  'click.option': row(declared, 'option'),
  'click.argument': row(declared, 'option'),
  'rich_click.option': row(declared, 'option'),
  'asyncclick.option': row(declared, 'option'),
  'typer.Option': field,
  'typer.Argument': field,
  'pydantic.Field': field,
  'pydantic.PrivateAttr': field,
  'dataclasses.field': field,
  'attr.field': field,
  'attr.ib': field,
  'attrs.field': field,
  'attr.Factory': field,
  property: row([], 'property'),
  'functools.cached_property': row([], 'property'),
  'collections.defaultdict': row([], 'default-record'),
  bytearray: row([], 'buffer'),
  memoryview: row({ does: 'view', of: 0 }),
  'traceback.format_exc': row([], 'raised'),
  'traceback.print_exc': row([], 'raised'),
  'sys.exc_info': row([], 'raised'),
  'Record#items': computes('entries', 'self'),
  'bytearray#__setitem__': row([], 'nothing'),
  'os.path.expandvars': row([], 'expanded'),
  // A module that a loader of the program gives the code of.
  import: row({ does: 'code', code: 0 }),
  'urllib.request.urlretrieve': row({
    does: 'request',
    url: { at: 0, name: 'url' },
    method: 'GET',
    saves: { at: 1, name: 'filename' },
  }),
  print: output,
  'Record#get': row([], 'entry'),
  'aiohttp.ClientSession': client('aiohttp.ClientSession'),
  'httpx.Client': client('httpx.Client'),
  'httpx.AsyncClient': client('httpx.AsyncClient'),
  're.sub': computes('replace-regex', 2, 0, 1, { at: 4, name: 'flags' }),
  're.match': computes('match-regex', 1, 0),
  're.search': computes('match-regex', 1, 0),
  're.fullmatch': computes('match-regex', 1, 0),
  're.split': computes('split-regex', 1, 0),
  're.compile': computes('same', 0),
  'Text#sub': computes('replace-regex', 1, 'self', 0),
  'Text#match': computes('match-regex', 0, 'self'),
  'Text#search': computes('match-regex', 0, 'self'),
  'Text#fullmatch': computes('match-regex', 0, 'self'),
  'List#group': row([], 'entry'),
  'List#groups': computes('part', 'self', 1),
  'Text#rsplit': computes('rsplit', 'self', 0, 1),
  'os.path.splitext': computes('path-stem', 0),
  'Text#rpartition': computes('rpartition', 'self', 0),
  'Text#partition': computes('partition', 'self', 0),
  'List#index': computes('index-of', 'self', 0, 1),
  'Text#__iter__': computes('letters', 'self'),
  'io.StringIO': row([], { instance: 'io.StringIO' }),
  'io.BytesIO': row([], { instance: 'io.BytesIO' }),
  'copy.copy': row([], 'copy'),
  'copy.deepcopy': row([], 'copy'),
  'dataclasses.replace': row([], 'copy'),
  'argparse.ArgumentParser#parse_args': row({ does: 'input' }, 'parsed'),
  'argparse.ArgumentParser#parse_known_args': row({ does: 'input' }, 'parsed'),
  'os.environ#get': row({ does: 'env', name: 0, fallback: 1 }),
  'os.environ#[]': row({ does: 'env', name: 0 }),
  'os.environ#pop': row({ does: 'env', name: 0, fallback: 1 }),
  'os.environ#setdefault': row({ does: 'env', name: 0, fallback: 1 }),
  'os.environ#[]=': row({ does: 'set-env', name: 0, value: 1 }, 'nothing'),
  'os.putenv': row({ does: 'set-env', name: 0, value: 1 }, 'nothing'),
  'os.environ#update': row({ does: 'set-env', name: 0, value: 0 }, 'nothing'),
  'os.environ#copy': row({ does: 'whole-env' }, 'environment'),
  'os.environ#items': row({ does: 'whole-env' }),
  'os.environ#__iter__': row({ does: 'whole-env' }),
  'Any#__enter__': itself,
  'List#__enter__': computes('first', 'self'),
  'Any#__iter__': row([], 'self'),
  'Record#__iter__': computes('keys', 'self'),
  'Any#__exit__': nothing,
  'Any#[:]': through,
  'Text#strip': computes('strip', 'self', 0),
  'Text#lower': computes('lower', 'self'),
  'Text#upper': computes('upper', 'self'),
  'Text#encode': computes('codec-encode', 'self', 0),
  'Text#decode': computes('codec-decode', 'self', 0),
  'Text#replace': computes('replace', 'self', 0, 1, { at: 2, name: 'count' }),
  'Text#split': computes('split', 'self', { at: 0, name: 'sep' }, { at: 1, name: 'maxsplit' }),
  'Text#join': computes('join', 0, 'self'),
  'Any#decode': through,
  'Any#encode': through,
  'List#append': row({ does: 'fill', into: 'self', with: 0 }, 'nothing'),
  'List#appendleft': row({ does: 'change', how: 'insert', with: 0 }, 'nothing'),
  'List#popleft': row({ does: 'change', how: 'pop', key: 0 }, 'called'),
  'List#add': row({ does: 'fill', into: 'self', with: 0 }, 'nothing'),
  'List#discard': row({ does: 'change', how: 'remove', with: 0 }, 'nothing'),
  'List#extend': row({ does: 'change', how: 'extend', with: 0 }, 'nothing'),
  'List#insert': row({ does: 'change', how: 'insert', key: 0, with: 1 }, 'nothing'),
  'List#pop': row({ does: 'change', how: 'pop', key: 0 }, 'called'),
  'List#remove': row({ does: 'change', how: 'remove', with: 0 }, 'nothing'),
  'List#clear': row({ does: 'change', how: 'clear' }, 'nothing'),
  'List#reverse': row({ does: 'change', how: 'reverse' }, 'nothing'),
  'List#sort': row({ does: 'call', callee: 'key', each: 'self' }, 'sorted'),
  'itertools.cycle': computes('cycle', 0),
  'Number#bit_length': computes('bit-length', 'self'),
  'List#__delslice__': row({ does: 'change', how: 'sort' }, 'nothing'),
  'Record#pop': row({ does: 'change', how: 'pop', key: 0 }, 'called'),
  'Record#update': row({ does: 'change', how: 'update', with: 0 }, 'nothing'),
  'Record#setdefault': row(
    { does: 'change', how: 'default', key: 0, with: { at: 1, name: 'default' } },
    'called',
  ),
  'Record#values': computes('values', 'self'),
  'Record#keys': computes('keys', 'self'),
  ...each(
    'base64.b64decode base64.standard_b64decode base64.urlsafe_b64decode base64.decodebytes binascii.a2b_base64',
    computes('base64-decode', 0),
  ),
  ...each(
    'bytes.fromhex bytearray.fromhex binascii.unhexlify binascii.a2b_hex base64.b16decode',
    computes('hex-decode', 0),
  ),
  ...each('zlib.decompress gzip.decompress brotli.decompress', computes('inflate', 0)),
  'base64.b32decode': computes('base32-decode', 0),
  'base64.b85decode': computes('base85-decode', 0),
  'base64.a85decode': computes('ascii85-decode', 0),
  'codecs.decode': computes('codec-decode', 0, { at: 1, name: 'encoding' }),
  'codecs.encode': computes('codec-encode', 0, 1),
  'Text#translate': computes('by-table', 'self', 0),
  'str.maketrans': computes('letter-table', 0, 1),
  'bytes.maketrans': computes('letter-table', 0, 1),
  __import__: row([], 'top-module'),
  'importlib.import_module': row([], 'module'),
  'importlib.__import__': row([], 'top-module'),
  'pkgutil.resolve_name': row([], 'module'),
  'pydoc.locate': row([], 'module'),
  'operator.getitem': row([], 'item'),
  eval: row({ does: 'code', code: 0 }, 'evaluated'),
  compile: compiles,
  'code.compile_command': compiles,
  'codeop.compile_command': compiles,
  'ast.parse': computes('same', { at: 0, name: 'source' }),
  'sys.modules.[]': row([], 'module'),
  'sys.modules.get': row([], 'module'),
  'sys.modules.pop': row([], 'module'),
  'List#send': row([], 'sent'),
  'List#__next__': computes('first', 'self'),
  'json.dump': row({ does: 'fill', into: 1, with: 0 }, 'nothing'),
  'pickle.dump': row({ does: 'fill', into: 1, with: 0 }, 'nothing'),
  'yaml.dump': row({ does: 'fill', into: 1, with: 0 }, 'through'),
  'pprint.pprint': row({ does: 'fill', into: { at: 1, name: 'stream' }, with: 0 }, 'nothing'),
  getattr: row([], 'member'),
  'object.__getattribute__': row([], 'member'),
  setattr: row({ does: 'set-member', of: 0, name: 1, value: 2 }, 'nothing'),
  'operator.attrgetter': row([], 'getter'),
  'operator.itemgetter': row([], 'item-getter'),
  'operator.methodcaller': row([], 'caller'),
  'Text#format': row([], 'braces'),
  'Text#format_map': row([], 'braces'),
  'Text#removeprefix': computes('remove-prefix', 'self', 0),
  'Text#removesuffix': computes('remove-suffix', 'self', 0),
  'Text#lstrip': computes('strip-start', 'self', 0),
  'Text#rstrip': computes('strip-end', 'self', 0),
  'Text#title': computes('same', 'self'),
  'Text#zfill': computes('same', 'self'),
  'types.SimpleNamespace': row([], 'record'),
  'argparse.Namespace': row([], 'record'),
  'functools.partial': row([], 'bound'),
  'functools.partialmethod': row([], 'bound'),
  str: row([], 'shown'),
  repr: row([], 'shown'),
  format: row([], 'shown'),
  vars: row([], 'fields'),
  'Any#__dict__': row([], 'fields'),
  staticmethod: row([], 'bound'),
  classmethod: computes('same', 0),
  locals: row({ does: 'variables' }),
  'functools.reduce': row([], 'reduced'),
  hex: through,
  'Any#hex': row([], 'encoded'),
  'Text#swapcase': computes('swap-case', 'self'),
  'Text#casefold': computes('lower', 'self'),
  chr: computes('chr', 0),
  ord: computes('ord', 0),
  'os.path.join': computes('path-resolve', { rest: 0 }),
  len: computes('length', 0),
  int: computes('integer', 0, { at: 1, name: 'base' }),
  float: nothing,
  'Text#parents': computes('path-parents', 'self'),
  'fastapi.Depends': row({ does: 'call', callee: { at: 0, name: 'dependency' } }, 'called'),
  'os.startfile': row({
    does: 'program',
    words: { at: 0, name: 'filepath' },
    shell: false,
    unless: {
      of: { at: 0, name: 'filepath' },
      form: /\.(png|jpe?g|gif|svg|webp|bmp|pdf|html?|txt|csv|md|docx?|xlsx?|pptx?|mp[34]|wav|odt)$/i,
    },
  }),
  'os.path.expanduser': computes('same', 0),
  'os.path.dirname': computes('path-folder', 0),
  'os.path.basename': computes('path-name', 0),
  'os.path.abspath': computes('same', 0),
  'pathlib.Path': computes('path-resolve', { rest: 0 }),
  'Text#__truediv__': computes('path-resolve', 'self', 0),
  'pathlib.Path.home': row([], { text: '~' }),
  'Text#parent': computes('path-folder', 'self'),
  'Text#name': computes('path-name', 'self'),
  'Text#joinpath': computes('path-resolve', 'self', { rest: 0 }),
  'Text#resolve': computes('same', 'self'),
  'Text#absolute': computes('same', 'self'),
  'Text#expanduser': computes('same', 'self'),
  'Text#as_posix': computes('same', 'self'),
  'pathlib.Path.cwd': row([], { text: '.' }),
  'Text#read_text': readsText,
  'Text#read_bytes': readsText,
  'open#read': content,
  'Text#open': row(
    { does: 'open', path: 'self', mode: { at: 0, name: 'mode' } },
    { instance: 'open' },
  ),
  'open#__iter__': row([], 'content-lines'),
  'open#readlines': row([], 'content-lines'),
  'Text#write_text': row({ does: 'write', path: 'self', content: 0 }),
  'Text#write_bytes': row({ does: 'write', path: 'self', content: 0 }),
  'open#write': row({ does: 'send', content: 0 }),
  'open#writelines': row({ does: 'send', content: 0 }),
  'json.loads': computes('json-parse', 0),
  'json.load': computes('json-parse', 0),
  'tomllib.loads': computes('toml-parse', 0),
  'tomllib.load': computes('toml-parse', 0),
  'tomli.load': computes('toml-parse', 0),
  'tomli.loads': computes('toml-parse', 0),
  'yaml.safe_load': computes('yaml-parse', 0),
  dict: row([], 'record'),
  list: computes('list', 0),
  'collections.deque': computes('list', { at: 0, name: 'iterable' }),
  tuple: computes('list', 0),
  set: computes('list', 0),
  frozenset: computes('list', 0),
  ...each('max min', row({ does: 'call', callee: 'key', each: 0 }, 'through')),
  sorted: row({ does: 'call', callee: 'key', each: 0 }, 'sorted'),
  iter: row([], 'iterator'),
  reversed: computes('reverse', 0),
  enumerate: computes('pairs', 0, { at: 1, name: 'start' }),
  zip: computes('zip', { rest: 0 }),
  range: computes('range', 0, 1, 2),
  next: row([], 'next'),
  'codecs.getdecoder': row([], 'decoder'),
  'codecs.getdecoder()': row([{ does: 'trait', trait: 'decode' }], 'decoded-pair'),
  'site.getsitepackages': row([], 'packages'),
  'sysconfig.get_paths': row([], 'packages'),
  'site.getusersitepackages': row([], { text: `${unknownPart}/site-packages` }),
  'sysconfig.get_path': row([], { text: `${unknownPart}/site-packages` }),
  'distutils.sysconfig.get_python_lib': row([], { text: `${unknownPart}/site-packages` }),
  'os.getcwd': row([], { text: '.' }),
  'tempfile.gettempdir': row([], { text: '/tmp' }),
  'tempfile.mkdtemp': row({ does: 'temporary', gives: 'path' }),
  'tempfile.TemporaryDirectory': row({ does: 'temporary', gives: 'path' }),
  'configparser.ConfigParser#read': row({ does: 'read', path: 0 }, 'settings'),
  'configparser.RawConfigParser#read': row({ does: 'read', path: 0 }, 'settings'),
  'configparser.ConfigParser#read_file': row([], 'settings'),
  'configparser.ConfigParser#read_string': row([], 'settings'),
  ...each(
    'configparser.ConfigParser#write configparser.RawConfigParser#write',
    row({ does: 'put', into: { at: 0, name: 'fp' }, content: 'self' }, 'nothing'),
  ),
  'configparser.ConfigParser#get': row([], 'setting'),
  'configparser.RawConfigParser#get': row([], 'setting'),
  type: row([], 'class'),
  'object.__new__': computes('same', 0),
  'open#name': row([], 'path'),
  'tempfile.NamedTemporaryFile': row({ does: 'temporary', gives: 'file' }),
  'tempfile.mkstemp': row({ does: 'temporary', gives: 'pair' }),
  'tempfile.mktemp': row({ does: 'temporary', gives: 'path' }),
  'os.fdopen': computes('same', 0),
  // The path of a program stands for the program.
  'shutil.which': computes('same', { at: 0, name: 'cmd' }),
  'os.fspath': computes('same', 0),
  'argparse.ArgumentParser#add_argument': row([], 'declared'),
  'pycurl.Curl#perform': row({ does: 'request' }),
  'dynaconf.Dynaconf#*': row({ does: 'env', name: 0 }),
  'itertools.zip_longest': computes('zip-longest', { rest: 0 }, 'fillvalue'),
  'io.TextIOWrapper': computes('same', 0),
  'io.BufferedReader': computes('same', 0),
  'io.BufferedWriter': computes('same', 0),
  'List#__setslice__': row({ does: 'change', how: 'sort', key: 0, with: 1 }, 'nothing'),
  'Text#__setslice__': row({ does: 'put', into: 'self', content: 1 }, 'nothing'),
  'shlex.split': computes('shell-words', 0),
  'requests.Request#prepare': row([], 'self'),
  'Any#__setslice__': row({ does: 'put', into: 'self', content: 1 }, 'nothing'),
  'Text#index': computes('index-of', 'self', 0, 1),
  'Text#find': computes('index-of', 'self', 0, 1),
  'click.File': row({ does: 'read', path: { text: '*' } }),
  'argparse.FileType': row({ does: 'read', path: { text: '*' } }),
  map: row({ does: 'call', callee: 0, each: 1 }, 'called'),
  filter: row({ does: 'call', callee: 0, each: 1 }, { compute: 'same', of: [1] }),
  'Record#copy': row([], { compute: 'same', of: ['self'] }),
  'List#copy': computes('list', 'self'),
  bytes: computes('from-bytes', 0),
  'Number#to_bytes': computes(
    'to-bytes',
    'self',
    { at: 0, name: 'length' },
    { at: 1, name: 'byteorder' },
  ),
  'Text#[:]': computes('part', 'self', 0, 1, 2),
  'List#[:]': computes('part', 'self', 0, 1, 2),
  'Text#splitlines': computes('split-lines', 'self', { at: 0, name: 'keepends' }),
  'Text#stem': computes('path-title', 'self'),
  'Text#with_suffix': computes('path-suffix', 'self', 0),
  'Text#with_name': computes('path-beside', 'self', 0),
  'json.dumps': through,
  'Connection#send': row({ does: 'send', content: 0 }),
  'Connection#sendall': row({ does: 'send', content: 0 }),
};

const operatorMethods: Readonly<Record<string, string>> = {
  '+': '__add__',
  '-': '__sub__',
  '*': '__mul__',
  '/': '__truediv__',
  '%': '__mod__',
  '**': '__pow__',
  '<<': '__lshift__',
  '>>': '__rshift__',
  '&': '__and__',
  '|': '__or__',
  '^': '__xor__',
  '==': '__eq__',
  '!=': '__ne__',
  '<': '__lt__',
  '<=': '__le__',
  '>': '__gt__',
  '>=': '__ge__',
};

export const pythonKnowledge: Knowledge = {
  language: 'python',
  rows: {
    ...Object.fromEntries(
      Object.entries(old).filter(
        ([name]) =>
          !/^(io\.(String|Bytes)IO|argparse\.ArgumentParser)#(write|add_argument|getvalue)$|^inspect\.getmembers$/.test(
            name,
          ),
      ),
    ),
    ...ofPaths,
    ...own,
  },
  shown: (api) =>
    api
      .replace(/^builtins\.(?=\w+$)/, '')
      .replace(/^Text#/, 'pathlib.Path#')
      .replace(/^File#/, 'open().')
      .replace(/^(os\.environ|sys\.stdin)#/, '$1.')
      .replace(/^(Response|Connection|Process|List|Record|Any)#/, '')
      .replace('#', '().'),
  ambiguous:
    /^(open|replace|rename|chmod|stat|exists|resolve|walk|absolute|is_file|is_dir|parent|name|stem|suffix|join|strip|split|get|items|keys|values|append|extend|count|index)$/,
  names: {
    'os.environ': { wholeEnv: true },
    'sys.argv': { input: 'sys.argv' },
    'sys.stdin': { input: 'sys.stdin' },
    'sys.executable': { text: 'python3' },
    'flask.request': { incoming: 'request' },
    'quart.request': { incoming: 'request' },
    'bottle.request': { incoming: 'request' },
    'string.ascii_lowercase': { text: 'abcdefghijklmnopqrstuvwxyz' },
    'string.ascii_uppercase': { text: 'ABCDEFGHIJKLMNOPQRSTUVWXYZ' },
    'string.ascii_letters': { text: 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ' },
    'string.digits': { text: '0123456789' },
    __file__: { thisFile: true },
    __name__: { text: '__main__' },
  },
  modules: true,
  parameters,
  namedParameters,
  channels,
  isOwnLibrary: (api) => {
    const [root = '', member] = api.split('.');
    return (
      member === undefined ||
      pythonOwnModules.has(root) ||
      /^(builtins|bytes|bytearray|dict|float|frozenset|int|list|set|str|tuple|type|open)\b|\W/.test(
        root,
      )
    );
  },
  nextName: '__next__',
  reaching: reachingNames,
  powerful: new RegExp(
    `^(sys\\.modules\\.\\*|${[...powerfulModules].join('|').replaceAll('.', '\\.')})$`,
  ),
  operatorMethod: (op) => operatorMethods[op] ?? '',
  protocols:
    '__call__ __iter__ __next__ __str__ __repr__ __format__ __bytes__ __getitem__ keys read send auth_flow default emit handle handle_data __aiter__ __anext__ __enter__ items __json__ __html__ __reduce__ get_source get_data get_code exec_module source_to_code http_request https_request http_response https_response http_open https_open default_open'.split(
      ' ',
    ),
  isClient: (of) => openClientIn(of) !== undefined,
  sendsNothing,
  isOpen: true,
  programIn: (api) => /^(?:sh|plumbum\.(?:cmd|local))\.([a-z]\w{0,80})$/.exec(api)?.[1],
  looking:
    /^(getattr|hasattr|setattr|delattr|vars|dir|print|type|isinstance|id|str|repr|help|callable|len|bool|importlib\.reload|inspect\.(?!getmembers)\w+|(unittest\.)?mock(\.\w+){1,4}|operator\.\w+)$/,
  canonical: canonicalName,
  emptyIsFalse: true,
  constructor: '__init__',
  makeName: '__new__',
  callName: '__call__',
  missingName: '__getattr__',
  extensions: ['.py'],
};
