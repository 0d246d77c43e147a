/**
 * Values of Python that were computed whole: data, and names of what a library or the skill
 * defines.
 */

import { nothingGiven, pythonPartsMax } from '../assignments/alternatives.ts';
import type {
  CallGiven,
  Folded,
  FoldedBound,
  FoldedDict,
  FoldedList,
  FoldedName,
  FoldedOwn,
  MaybeFolded,
  PythonFunction,
} from '../program.ts';

export function isList(value: MaybeFolded): value is FoldedList {
  return typeof value === 'object' && value !== null && 'items' in value;
}

export function isDict(value: MaybeFolded): value is FoldedDict {
  return kindOf(value) === 'dict';
}

function kindOf(value: MaybeFolded): string | undefined {
  return typeof value === 'object' && value !== null && 'kind' in value ? value.kind : undefined;
}

export function isName(value: MaybeFolded): value is FoldedName {
  return kindOf(value) === 'name';
}

export function isOwn(value: MaybeFolded): value is FoldedOwn {
  return kindOf(value) === 'own';
}

export function isBytes(value: MaybeFolded): value is Uint8Array {
  return value instanceof Uint8Array;
}

/** A key by which equal values are equal. */
export function keyOf(value: MaybeFolded): string {
  if (value === undefined) return 'unknown';
  if (typeof value === 'bigint' || typeof value === 'number' || typeof value === 'boolean')
    return `n${Number(value)}`;
  if (typeof value === 'string') return `s${value}`;
  if (value === null) return 'none';
  if (value instanceof Uint8Array) return `b${Buffer.from(value).toString('latin1')}`;
  if (isList(value)) return `${value.kind}[${value.items.map(keyOf).join()}]`;
  if (value.kind === 'name') return `name ${value.qual}`;
  return value.kind === 'own' ? `own ${value.definition.id}` : value.kind;
}

export function listOf(
  items: readonly MaybeFolded[],
  kind: FoldedList['kind'] = 'list',
): FoldedList {
  return { kind, items: isSmall(items) ? [...items] : items.map(() => undefined) };
}

/**
 * Whether values have few lists and dictionaries in them, each counted as often as it stands there.
 * A dictionary that has the one before it twice doubles them with each line of a program.
 */
function isSmall(values: readonly MaybeFolded[]): boolean {
  const left = values.filter(isContainer);
  for (let count = 0; left.length > 0; count++) {
    if (count > pythonPartsMax) return false;
    const one = left.pop();
    const inside = isList(one)
      ? one.items
      : [...(one?.entries.values() ?? [])].map(({ value }) => value);
    left.push(...inside.filter(isContainer));
  }
  return true;
}

function isContainer(value: MaybeFolded): value is FoldedList | FoldedDict {
  return isList(value) || isDict(value);
}

export function dictOf(pairs: readonly (readonly [Folded, MaybeFolded])[]): FoldedDict {
  const isKept = isSmall(pairs.map(([, value]) => value));
  return {
    kind: 'dict',
    entries: new Map(
      pairs.map(([key, value]) => [keyOf(key), { key, value: isKept ? value : undefined }]),
    ),
  };
}

/** The entries of a dictionary under texts. */
export function namesOf(dict: FoldedDict): (readonly [string, MaybeFolded])[] {
  return [...dict.entries.values()].flatMap(({ key, value }) =>
    typeof key === 'string' ? [[key, value] as const] : [],
  );
}

/** What `**options` holds, of the keywords of a call. */
export function restOf(
  keywords: ReadonlyMap<string, MaybeFolded>,
  { parameters }: PythonFunction,
): FoldedDict {
  return dictOf([...keywords].filter(([name]) => !parameters.some((one) => one.name === name)));
}

/**
 * Whether two values are equal; undefined when that is not known: a name such as `sys.platform` may
 * stand for anything.
 */
export function areEqual(a: MaybeFolded, b: MaybeFolded): boolean | undefined {
  if (isPlain(a) && isPlain(b)) return keyOf(a) === keyOf(b);
  return isNamed(a) && isNamed(b) && keyOf(a) === keyOf(b) ? true : undefined;
}

function isPlain(value: MaybeFolded): boolean {
  if (value === undefined) return false;
  if (isList(value)) return value.items.every(isPlain);
  return value === null || typeof value !== 'object' || value instanceof Uint8Array;
}

/** A callable with arguments that were given before. */
export function isBound(value: MaybeFolded): value is FoldedBound {
  return kindOf(value) === 'bound';
}

/** A name of a library, to be called with what is given before. */
export function boundName(qual: string, { args, keywords }: CallGiven<MaybeFolded>): FoldedBound {
  return {
    kind: 'bound',
    callee: { kind: 'name', qual, hidden: false },
    method: '',
    args,
    keywords,
  };
}

/** A method of data. */
export function boundMethod(callee: Folded, method: string): FoldedBound {
  return { kind: 'bound', callee, method, ...nothingGiven };
}

/** Something that a library or the skill defines. */
export function isNamed(value: MaybeFolded): value is FoldedName | FoldedOwn {
  return isName(value) || isOwn(value);
}

/** Whether a value counts as true; undefined when that is not known. */
export function truthOf(value: MaybeFolded): boolean | undefined {
  if (value === undefined) return undefined;
  if (value === null) return false;
  if (typeof value !== 'object') return Boolean(value);
  if (value instanceof Uint8Array) return value.length > 0;
  if (isList(value)) return value.items.length > 0;
  if (isDict(value)) return value.entries.size > 0;
  return value.kind === 'name' ? undefined : true;
}

/** What iterating gives; undefined for what cannot be gone through. */
export function itemsOf(value: MaybeFolded): MaybeFolded[] | undefined {
  if (typeof value === 'string') return [...value];
  if (value instanceof Uint8Array) return [...value].map(BigInt);
  if (isList(value)) return value.items;
  if (isDict(value)) return [...value.entries.values()].map((entry) => entry.key);
  return undefined;
}

/** A whole number that fits; undefined for others. */
export function wholeOf(value: MaybeFolded): number | undefined {
  if (typeof value === 'boolean') return Number(value);
  return typeof value === 'bigint' && value > -0x1fffffffffffffn && value < 0x1fffffffffffffn
    ? Number(value)
    : undefined;
}

/** `str(value)` or `repr(value)`. */
export function printFolded(value: MaybeFolded, quoted = false): string | undefined {
  if (value === undefined) return undefined;
  if (typeof value === 'string')
    return quoted ? `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'` : value;
  if (typeof value === 'bigint' || typeof value === 'number') return String(value);
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (value === null) return 'None';
  if (isName(value) && value.qual === 'copyright') return 'Copyright (c) 2001-';
  if (isName(value) && builtinFunctions.has(value.qual)) return `<built-in function ${value.qual}>`;
  if (!isList(value)) return undefined;
  const items = value.items.map((item) => printFolded(item, true));
  return items.includes(undefined)
    ? undefined
    : value.kind === 'list'
      ? `[${items.join(', ')}]`
      : `(${items.join(', ')})`;
}

/** Functions of Python whose text names them: letters of such texts spell hidden names. */
export const builtinFunctions: ReadonlySet<string> = new Set(
  `abs all any ascii bin callable chr compile delattr dir divmod eval exec format getattr globals hasattr hash hex id
  input isinstance issubclass iter len locals max min next oct open ord pow print repr round setattr sorted sum
  vars`.split(/\s+/),
);

/** About how much a value holds: characters, bytes, items. */
export function sizeOf(value: MaybeFolded): number {
  if (typeof value === 'string' || value instanceof Uint8Array) return value.length >> 3;
  if (isList(value)) return value.items.length;
  if (isDict(value)) return value.entries.size;
  return typeof value === 'bigint' && (value > 0xffffffffffffffffn || value < -0xffffffffffffffffn)
    ? 64
    : 0;
}

/**
 * What a list or dictionary is given; unknown where the value holds that list or dictionary itself,
 * since no reader of values expects a circle, and where the value has too many parts.
 */
export function givenTo(owner: MaybeFolded, value: MaybeFolded): MaybeFolded {
  const seen = new Set<MaybeFolded>();
  const left = [value];
  while (left.length > 0) {
    const one = left.pop();
    if (one === owner) return undefined;
    if (!(isList(one) || isDict(one)) || seen.has(one)) continue;
    seen.add(one);
    left.push(...(isList(one) ? one.items : [...one.entries.values()].map((entry) => entry.value)));
  }
  return isSmall([value]) ? value : undefined;
}

/**
 * A value of its own: what a function appends to a list must not stay in the value that was kept.
 */
export function copied(value: MaybeFolded): MaybeFolded {
  if (isList(value)) return { ...value, items: [...value.items] };
  if (isDict(value)) return { ...value, entries: new Map(value.entries) };
  return value instanceof Uint8Array ? Uint8Array.from(value) : value;
}

export interface MethodCall extends CallGiven<MaybeFolded> {
  /** What stands for parts that are not known; without it, one of them makes all unknown. */
  readonly hole?: string;
}

/** How a block ended: it ran through, left a loop, gave a value, or perhaps left a loop. */
export type Ending =
  | 'through'
  | 'break'
  | 'continue'
  | 'stop'
  | 'unsure'
  | { readonly value: MaybeFolded };
