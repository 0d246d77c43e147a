/**
 * The capability library: TypeScript declarations generated from the model tables, so that
 * resolving a symbol resolves a capability.
 */
import {
  aliases,
  assignedRows,
  environments,
  globalObjects,
  globalRows,
  harmlessModules,
  nodeDefaults,
  nodeRows,
  npmFamilies,
  npmRows,
} from '../../knowledge/javascript.ts';
import type { Row, Table } from '../../knowledge/row.ts';
import { own } from '../../lookup-tables/api.ts';
import { npmServices } from '../../lookup-tables/service-hosts.ts';

/** All APIs of the tables by their qualified names. */
export const apis: Table = { ...globalRows, ...nodeRows, ...npmRows };

/** The row of an API; undefined for an unknown one. */
export function apiNamed(name: string): Row | undefined {
  const known = own(apis, name);
  if (known !== undefined || !name.startsWith('@')) return known;
  return npmFamilies.find(
    ({ begins, ends }) => name.startsWith(begins) && name.endsWith(ends) && name.includes('.'),
  )?.row;
}

/** The class of the object that a call gives. */
export function instanceOf(row: Row | undefined): string | undefined {
  const gives = row?.gives;
  return typeof gives === 'object' && 'instance' in gives ? gives.instance : undefined;
}

/** Whether the result has data of the arguments, although the call fetches data by itself. */
export function carries(row: Row | undefined): boolean {
  const gives = row?.gives;
  return gives === 'through' || (typeof gives === 'object' && 'carries' in gives);
}

/** Whether a request also sends what its client was given before, such as default headers. */
export function sendsClient(row: Row | undefined): boolean {
  return (
    row?.effects.some((effect) => effect.does === 'request' && effect.header?.includes('self')) ===
    true
  );
}

const names: readonly string[] = Object.keys(apis).sort();
const members = names.filter((name) => name.includes('#'));

// Owners that are classes of the tables: their members are written with `#`.
const classes = new Set(members.map(ownerOf));

/** Modules that the tables know, without `node:`. */
export const knownModules: ReadonlySet<string> = new Set([
  ...Object.keys(nodeDefaults),
  ...harmlessModules,
  ...[nodeRows, npmRows]
    .flatMap((table) => Object.keys(table).map(ownerOf))
    .filter((owner) => owner !== '' && owner !== 'process' && !classes.has(owner)),
  ...Object.keys(npmRows).filter((name) => !name.includes('.') && !name.includes('#')),
  ...Object.keys(npmServices).filter((name) => !name.endsWith('*')),
]);

/** Names of class members: only for these a type has to be computed. */
export const classMembers: ReadonlySet<string> = new Set(
  members.map((name) => name.slice(name.indexOf('#') + 1)),
);

/**
 * The beginnings of dotted members of classes: `openai.Client#chat` of
 * `openai.Client#chat.completions.create`.
 */
export const memberPaths: ReadonlySet<string> = new Set(
  members.flatMap((name) => {
    const parts = name.slice(name.indexOf('#') + 1).split('.');
    return parts.slice(1).map((_, i) => `${ownerOf(name)}#${parts.slice(0, i + 1).join('.')}`);
  }),
);

/**
 * Names that every program has without an import. `arguments` and the like belong to the language.
 */
const languageGlobals =
  'Request module exports __dirname __filename process Buffer Reflect Object JSON Math String Number Array Symbol Map Set WeakMap Promise Proxy URL URLSearchParams ' +
  'setTimeout setInterval setImmediate queueMicrotask TextEncoder TextDecoder decodeURIComponent encodeURIComponent unescape escape parseInt parseFloat ' +
  'Date RegExp Error TypeError crypto structuredClone Headers FormData Blob navigator document performance AbortController AbortSignal Intl BigInt';

/** Global types that the compiler expects beside `Array`. */
const requiredInterfaces =
  'Boolean Function CallableFunction NewableFunction IArguments Number Object RegExp String Symbol';

/** The declarations of what every program has without an import. */
export function globalDeclarations(): string {
  const roots = new Set([
    ...languageGlobals.split(' '),
    ...globalObjects,
    ...[...environments].map(rootOf),
    ...Object.keys({ ...globalRows, ...assignedRows }).map(rootOf),
  ]);
  roots.delete('import');
  const globalClasses = new Set([...classes].filter((name) => !name.includes('.')));
  return [
    'interface Callable<T> { (...args: any[]): T; new (...args: any[]): T; }',
    'interface Array<T> { [index: number]: T; }',
    'interface Promise<T> { then<R>(done: (value: T) => R, failed?: any): Promise<R>; catch(failed: any): Promise<T>; finally(then: any): Promise<T>; }',
    requiredInterfaces
      .split(' ')
      .map((name) => `interface ${name} {}`)
      .join(' '),
    ...[...globalClasses].sort().map((name) => classText(name)),
    ...[...roots]
      .sort()
      .filter((name) => /^[\w$]+$/.test(name) && name !== 'globalThis')
      .map((name) => `declare const ${name}: ${typeText(own(apis, name))};`),
  ].join('\n');
}

/** The declaration of one of the known modules, and of its twin `node:…`. */
export function moduleDeclaration(module: string): string {
  const inside = names.filter((name) => name.startsWith(`${module}.`));
  const members = inside
    .filter((name) => !name.includes('#'))
    .map((name) => name.slice(module.length + 1));
  const classes = new Set(inside.filter((name) => name.includes('#')).map(ownerOf));
  const renamed = Object.keys(aliases)
    .filter((name) => name.startsWith(`${module}.`))
    .map((name) => name.slice(module.length + 1));
  const exported = [...new Set([...members, ...renamed])].filter((name) => /^[\w$]+$/.test(name));
  const text = [
    ...exported.map((name) => `export const ${name}: ${typeText(own(apis, `${module}.${name}`))};`),
    ...[...classes].sort().map((name) => `export ${classText(name, module)}`),
  ].join(' ');
  const twin =
    Object.hasOwn(nodeDefaults, module) || harmlessModules.has(module)
      ? `\ndeclare module "node:${module}" { export * from "${module}"; }`
      : '';
  return `declare module "${module}" { ${text} }${twin}`;
}

function classText(name: string, module = ''): string {
  const inClass = members.filter((member) => member.startsWith(`${name}#`));
  const short = module === '' ? name : name.slice(module.length + 1);
  return `interface ${short} { ${inClass
    .filter((member) => !member.slice(name.length).includes('.'))
    .map((member) => `${member.slice(name.length + 1)}: ${typeText(own(apis, member))};`)
    .join(' ')} }`;
}

function typeText(api: Row | undefined): string {
  const gives = instanceOf(api);
  if (gives === undefined) return 'any';
  const dot = gives.lastIndexOf('.');
  return `Callable<${dot < 0 ? gives : `import("${gives.slice(0, dot)}").${gives.slice(dot + 1)}`}>`;
}

/** `net.Socket` of `net.Socket#write`, `fs` of `fs.readFile`, nothing of `fetch`. */
function ownerOf(name: string): string {
  const hash = name.indexOf('#');
  if (hash >= 0) return name.slice(0, hash);
  const dot = name.lastIndexOf('.');
  return dot <= 0 ? '' : name.slice(0, dot);
}

function rootOf(name: string): string {
  return name.split(/[.#]/)[0] ?? name;
}
