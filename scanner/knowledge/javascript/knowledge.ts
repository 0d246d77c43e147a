/** All that the engine is told of JavaScript's libraries. */
import { unknownPart } from '../../lookup-tables/egress-of.ts';
import {
  aliases,
  anyRows,
  assignedRows,
  environments,
  globalObjects,
  globalRows,
  harmlessModules,
  nodeDefaults,
  nodeRows,
  npmFamilies,
  npmRows,
} from '../javascript.ts';
import {
  type EffectOf,
  type Knowledge,
  named,
  type Row,
  type RowEffect,
  row,
  type Table,
} from '../row.ts';
import { givenByCode, globalMaker, globalOfCode } from './code-in-text.ts';
import { computedRows } from './computed.ts';

const isAGlobalObject = new RegExp(
  `^(?:(?:${[...globalObjects, globalOfCode].join('|')})\\.)+(?=.)`,
);
const isAnEnvironment = new RegExp(
  `^(?:${[...environments]
    .filter((one) => one !== 'Deno.env')
    .join('|')
    .replaceAll('.', '\\.')})$`,
);

/** The name under which the tables know a qualified name. */
function canonicalName(qualified: string): string {
  const api = qualified
    .replace(isAGlobalObject, '')
    .replace(/^(node|npm|jsr):\/?/, '')
    .replace(/\.default(?=\.|$)/g, '')
    .replace(/^EventTarget$/, 'events.EventEmitter')
    .replace(/^events\.EventEmitter\.(?=\w)/, 'events.')
    .replace(/^events$/, 'events.EventEmitter')
    .replace(/^path\.(posix|win32)\./, 'path.')
    .replace(/^path\/(posix|win32)\b/, 'path')
    .replace(/^bun\./, 'Bun.');
  if (isAnEnvironment.test(api)) return 'process.env';
  return Object.hasOwn(aliases, api) ? (aliases[api] ?? api) : api;
}

const verb = /[.#](get|post|put|patch|delete|head|options)$/i;

/** An effect of the tables as the engine applies it: the verb of a request stands in its name. */
function deeds(name: string, effect: RowEffect): readonly RowEffect[] {
  switch (effect.does) {
    case 'request':
      return [asRequest(name, effect)];
    case 'program':
      return effect.shell === true || effect.args !== undefined
        ? [effect]
        : [{ ...effect, args: 'args' }];
    case 'delete':
      return [{ traits: ['write', 'delete'], ...effect, isPath: true }];
    case 'read':
    case 'write':
    case 'open':
      return [{ ...effect, isPath: true }];
    default:
      return [effect];
  }
}

function asRequest(name: string, effect: EffectOf<'request'>): RowEffect {
  const method = verb.exec(name)?.[1]?.toUpperCase() ?? effect.method;
  const { host: service, ...plain } = effect;
  const of = method === undefined ? {} : { method };
  return service === undefined || effect.options !== undefined
    ? { ...effect, ...of }
    : { ...plain, ...of, url: { text: `https://${service}/*` } };
}

function asEngineRow(name: string, { effects, gives }: Row): Row {
  const all = effects.flatMap((effect) => deeds(name, effect));
  return { effects: all, ...(gives !== undefined && { gives }) };
}

const ofLibraries: Table = Object.fromEntries(
  Object.entries({ ...anyRows, ...globalRows, ...nodeRows, ...npmRows }).map(([name, one]) => {
    const plain = canonicalName(name);
    return [plain, asEngineRow(plain, one)];
  }),
);

const assigned: Table = Object.fromEntries(
  Object.entries(assignedRows).map(([name, one]) => [`${name}=`, asEngineRow(name, one)]),
);

/** The widest effect of a module, as that of a function that no row has. */
const widest: Readonly<Record<'mount' | 'exec' | 'egress', Row>> = {
  mount: row({ does: 'write', path: { text: '*' } }, 'through'),
  exec: row({ does: 'program', words: { text: unknownPart }, shell: false }, 'through'),
  egress: row({ does: 'request', url: { text: unknownPart } }, 'through'),
};

// Classes, and what any object or promise has.
const notCalled = /^[A-Z]|^(on|off|once|constants|then|catch|finally|call|apply|bind)$/;

function familyRow(api: string): Row | undefined {
  const [, module = '', member] = /^(@[^/]+\/[^.#]+|[^.#@]+)\.([^.#()]+)$/.exec(api) ?? [];
  if (member === undefined) return undefined;
  const family = npmFamilies.find(
    ({ begins, ends }) => module.startsWith(begins) && member.endsWith(ends),
  );
  if (family !== undefined) return asEngineRow(api, family.row);
  const effect = Object.hasOwn(nodeDefaults, module) ? nodeDefaults[module] : undefined;
  return effect === undefined || notCalled.test(member) ? undefined : widest[effect];
}

// A parameter is code where it is more than a name.
function parameterAt(code: number): RowEffect {
  return { does: 'code', code, when: { of: code, form: /[^\w\s$,]/ } };
}

/** Rows whose arguments the tables tell in a way of their own. */
const connections: Table = named({
  'require import': row([], 'required'),
  // The parameters of the function stand before its code.
  Function: row([{ does: 'code', code: { at: -1 } }, ...[0, 1, 2].map(parameterAt)]),
  [globalMaker]: row([], { api: globalOfCode }),
  // Whoever gets it may run any code.
  [globalOfCode]: row({ does: 'code', code: 0 }),
});

const computing =
  /^([A-Z]\w*|import|globalThis|structuredClone|(en|de)codeURI(Component)?|(un)?escape|parse(Int|Float)|isNaN|btoa|atob|navigator|document|performance|localStorage|sessionStorage|caches|open|module-object|location|console|process|require|fetch|eval|set(Timeout|Interval|Immediate)|clear(Timeout|Interval|Immediate)|queueMicrotask)$/;

/** Whether an API belongs to the language, to Node or to the browser, and to no package. */
function isOwnLibrary(api: string): boolean {
  const [root = ''] = /^(?:@[^/]+\/)?[^.#/()]+/.exec(api) ?? [];
  return Object.hasOwn(nodeDefaults, root) || harmlessModules.has(root) || computing.test(root);
}

/** Options that name the server of a client, whatever the library. */
const serverOptions =
  'baseURL baseUrl api_host apiHost base_url endpoint endPoint dsn connectionString host hostname node nodes brokers servers server apiUrl apiBase serverUrl serverURL';

export const javascriptKnowledge: Knowledge = {
  language: 'javascript',
  rows: {
    ...ofLibraries,
    ...computedRows,
    ...connections,
    ...assigned,
    // A client that is itself a function.
    'axios.Instance()': ofLibraries['axios.Instance'] ?? row([]),
  },
  shown: (api) =>
    api
      .replace(/^this$/, 'globalThis')
      .replace(/^(Any|Text|List|Record|Function|Number)#/, '')
      .replace(/\(\)/g, '')
      .replace(/^import of$/, 'import'),
  canonical: canonicalName,
  ambiguous:
    /^(get|set|add|delete|has|keys|values|entries|append|fill|find|filter|map|push|pop|join|concat|slice|name|dir|base|host|port|hash|search|length|size|at|next|emit|match|replace)$/,
  properties:
    /^(Text|List|Record)#(length|size|byteLength|buffer|href|searchParams|origin|protocol|host|hostname|port|pathname|search|hash|dir|base|name)$/,
  names: {
    'process.env': { wholeEnv: true },
    'process.argv': { input: 'process.argv' },
    'process.stdin': { input: 'process.stdin' },
    'Deno.args': { input: 'Deno.args' },
    'Deno.stdin': { input: 'Deno.stdin' },
    'document.cookie': { input: 'document.cookie' },
    'worker_threads.workerData': { instance: 'worker_threads.Worker', channel: 'thread' },
    'worker_threads.parentPort': { instance: 'worker_threads.Worker', channel: 'thread' },
    'js-yaml.DEFAULT_FULL_SCHEMA': { trait: 'deserialize' },
    __filename: { thisFile: true },
    __dirname: { thisFolder: true },
    'import.meta.url': { thisFile: true },
    'import.meta.filename': { thisFile: true },
    'import.meta.dirname': { thisFolder: true },
    'process.execPath': { text: 'node' },
    'process.platform': { isData: true },
    'process.arch': { isData: true },
    'process.version': { isData: true },
    'process.versions': { isData: true },
    'process.pid': { isData: true },
    'process.exitCode': { isData: true },
    'os.EOL': { text: '\n' },
    'path.sep': { text: '/' },
    'path.delimiter': { text: ':' },
  },
  callsBack: true,
  emptyIsFalse: 'scalars',
  isOpen: true,
  itemsAreMembers: true,
  words: { null: ['undefined', 'null'] },
  plusJoins: true,
  collections: {
    Array: 'list',
    Set: 'list',
    WeakSet: 'list',
    Map: 'record',
    WeakMap: 'record',
    URLSearchParams: 'record',
  },
  classMember: {
    name: 'constructor',
    of: {
      text: 'String',
      number: 'Number',
      list: 'Array',
      record: 'Object',
      function: 'Function',
      api: 'Function',
      class: 'Function',
    },
  },
  familyRow,
  givenByCode,
  isOwnLibrary,
  isClient: (of) => !isOwnLibrary(of),
  servers: {
    options: new RegExp(`^(?:${serverOptions.replaceAll(' ', '|')})$`),
    clients: /(?:client|connect|pool|transport|producer|socket|sdk|api|^io)$/i,
    setUp: /\.(init|initialize|configure|config|setup|setConfig|connect|start)$/,
  },
  sendsNothing:
    /[.#](map|forEach|filter|find\w*|some|every|flatMap|reduce\w*|push|pop|shift|unshift|slice|splice|join|split|includes|indexOf|startsWith|endsWith|concat|replace\w*|match\w*|test|sort|toSorted|then|catch|finally|on|once|off|addListener|removeListener|toString|trim|has|keys|entries|values|at)$/,
  patched: /^(Object\.prototype\.|module\._(load|extensions|resolve)|require\.(extensions|cache))/,
  powerful: new RegExp(
    `^(process|require|eval|Function|module-object|globalThis|Bun|Deno|module|${Object.keys(nodeDefaults).join('|')})$`,
  ),
  looking:
    /^(console\.\w+|Object\.(freeze|keys|getPrototypeOf|getOwnPropertyDescriptor)|Reflect\.\w+|util\.(promisify|callbackify|deprecate|inspect)|Proxy|Boolean|Array\.isArray)$/,
  protocols: [
    'toString',
    'toJSON',
    'valueOf',
    '@@toPrimitive',
    '@@iterator',
    '@@asyncIterator',
    'next',
    'then',
  ],
  showsFunctions: true,
  tellsPrograms: true,
  receivers: ['_write', '_transform', 'write', 'transform'],
  shownNames: ['@@toPrimitive', 'toString', 'valueOf'],
  iteration: { names: ['@@iterator', '@@asyncIterator'], value: 'value' },
  nextName: 'next',
  constructor: 'constructor',
  makeName: '',
  callName: 'apply',
  missingName: 'get',
  extensions: ['.ts', '.js', '.mjs', '.cjs', '.tsx', '.jsx', '.json'],
};
