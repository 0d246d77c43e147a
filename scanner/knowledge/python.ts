import { leadingName } from '../fact/source.ts';
import { pythonOwnModules } from '../lookup-tables/python-own-modules.ts';
import { computedRows } from './python/computed.ts';
import { powerfulModules, pythonRows } from './python/library.ts';
import { channels, openClientIn, sendsNothing } from './python/packages.ts';
import { namedParameters, parameters } from './python/parameters.ts';
import type { Knowledge, Row, RowEffect, Table } from './row.ts';

/**
 * Attributes from which every module and built-in can be reached (the ways out of restricted
 * Python).
 */
const reachingNames: ReadonlySet<string> = new Set([
  leadingName,
  ...(
    '__subclasses__ __globals__ __builtins__ __closure__ __getattribute__ __reduce_ex__ ' +
    '__loader__ func_globals f_globals f_builtins f_locals gi_frame cr_frame ag_frame tb_frame f_back'
  ).split(' '),
]);

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

const ofLibraries: Table = Object.fromEntries(
  Object.entries(pythonRows).map(([name, one]) => [
    name.replace(/\(\)\.(?=[^()]*$)/, '#').replace(/^os\.environ\./, 'os.environ#'),
    inOpenWorld(name, one),
  ]),
);

const ofPaths: Table = Object.fromEntries(
  Object.entries(ofLibraries).flatMap(([name, one]) =>
    name.startsWith('pathlib.Path#') ? [[name.replace('pathlib.Path#', 'Text#'), one]] : [],
  ),
);

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
    ...ofLibraries,
    ...ofPaths,
    ...computedRows,
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
  words: { null: ['None'], true: ['True'], false: ['False'] },
  shownNames: ['__format__', '__str__', '__repr__'],
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
  classMember: { name: '__class__', of: { function: 'types.FunctionType' } },
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
