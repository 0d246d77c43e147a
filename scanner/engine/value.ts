/** What an expression may be: bounded alternatives, and the flow nodes whose data it holds. */

import type { Capability } from '../../skills-index/skill/capability.ts';
import { alternativesMax } from '../fact/shared-limits.ts';
import type { Func, LoweredProgram, NodeOf } from '../ir/ir.ts';
import { unknownPart } from '../lookup-tables/egress-of.ts';
import { differentTexts, fewTexts, fewThings, union } from './alternatives.ts';
import type { Given } from './calls.ts';
import { changedForGood, Fields } from './store.ts';
import { concatTexts, Text } from './text.ts';
import type { Variables } from './variables.ts';

export type Scalar = number | bigint | boolean | null;

export type Thing =
  /** A function, class or module of the library, by its name in the tables. */
  | { readonly is: 'api'; readonly name: string }
  /** An object of a class of the library. */
  | { readonly is: 'instance'; readonly of: string; readonly object: HeapObject }
  | OwnFunction
  | { readonly is: 'class'; readonly class: OwnClass }
  /** A function with arguments that it is given before all others. */
  | { readonly is: 'bound'; readonly callee: Value; readonly given: Given }
  /** A function that finds or calls something of what it is given. */
  | {
      readonly is: 'finder';
      readonly how: 'member' | 'item' | 'call' | 'get' | 'option';
      readonly names: readonly Value[];
      readonly given: Given;
    }
  /** A program of the skill, whose variables are its members. */
  | { readonly is: 'module'; readonly program: OwnProgram }
  /** A list, a record, or an object of a class of the skill. */
  | { readonly is: 'object'; readonly object: HeapObject };

/** A function of the skill, with the variables around it. */
export interface OwnFunction {
  readonly is: 'function';
  readonly func: Func;
  readonly program: OwnProgram;
  around: Variables | undefined;
  readonly self: Value | undefined;
  readonly owner: OwnClass | undefined;
  /** A function that became a method: its first parameter gets the object. */
  readonly takesObject?: true;
}

/** A program of the skill. */
export interface OwnProgram extends LoweredProgram {
  /** Whether it has been run: by itself, or since another file loads it. */
  hasRun: boolean;
  /** What it returns to the program that loads it. */
  result?: Value;
  /** The variables of its top, once it runs. */
  env?: Variables;
}

/** A class of the skill. */
export class OwnClass extends Fields {
  readonly name: string;
  readonly node: NodeOf<'class'>;
  readonly program: OwnProgram;
  /** Functions by their names: of its objects, and of the class itself. */
  readonly methods = new Fields(0);
  readonly statics = new Fields(0);
  /** What it extends: classes of the skill, and the library's by their names. */
  readonly supers = new Set<OwnClass | string>();
  /** An object of the class for methods that nobody calls. */
  sample: Value | undefined;

  /** A class that is written was there before the program runs. */
  constructor(node: NodeOf<'class'>, program: OwnProgram) {
    super(0);
    this.name = node.name;
    this.node = node;
    this.program = program;
  }
}

/** A connection, file or program that an object is open on. */
export interface OpenOn {
  readonly capability: Capability;
  /** The nodes that say the host of an address that is not known. */
  readonly hostFrom?: readonly string[];
  /** The paths of a file that is open for writing, and where it was opened. */
  readonly file?: {
    readonly paths: readonly string[];
    readonly at: number;
    /** What is written goes behind what it has. */
    readonly appends?: boolean;
  };
  /** The node that holds what a program is given on its input. */
  readonly input?: string;
  /** The program behind `sudo` and the like. */
  readonly behind?: string;
  /** It runs a file, and so no code from its input. */
  readonly hasScript?: true;
}

/** An object of the heap: one for each place that makes it, in each call of the function around. */
export class HeapObject extends Fields {
  override readonly kind: 'list' | 'record' | 'object';
  readonly class: OwnClass | undefined;
  #openOn: readonly OpenOn[] = [];
  #holds: readonly HeapObject[] = [];
  #base: Value | undefined;
  /** What a generator gives when it is sent a value. */
  resume?: (sent: Value) => Value;
  /** The path of the file that it is. */
  path?: Value;
  /** Its items come again and again. */
  isEndless?: true;
  /** Its entries are none of its members, but both are kept together. */
  isMap?: true;
  /** The text of a file of the skill. */
  content?: Value;

  constructor(kind: HeapObject['kind'], of?: OwnClass, fieldsOf?: HeapObject) {
    super(fieldsOf?.born, fieldsOf);
    this.kind = kind;
    this.class = of;
  }

  get openOn(): readonly OpenOn[] {
    return this.#openOn;
  }

  set openOn(openOn) {
    changedForGood(this.born);
    this.#openOn = openOn;
  }

  /** Objects of the library that it was made with: what is put into it gets into them. */
  get holds(): readonly HeapObject[] {
    return this.#holds;
  }

  set holds(holds) {
    changedForGood(this.born);
    this.#holds = holds;
  }

  /** What has the members that it has not. */
  get base(): Value | undefined {
    return this.#base;
  }

  set base(base) {
    changedForGood(this.born);
    this.#base = base;
  }

  /** Its fields as those of a record, which change with it. */
  asRecord(): HeapObject {
    const record = new HeapObject('record', undefined, this);
    record.shape = this.shape;
    return record;
  }

  /** Another one like it. */
  copy(): HeapObject {
    const copy = new HeapObject(this.kind, this.class);
    for (const [key, value] of this.fields) copy.put(key, value);
    const { shape, openOn, holds, base, resume, path, isEndless, isMap, content } = this;
    return Object.assign(copy, {
      shape,
      openOn,
      holds,
      base,
      resume,
      path,
      isEndless,
      isMap,
      content,
    });
  }
}

export interface Value {
  /** In order of the alternatives; the first is what runs where nothing else is known. */
  readonly texts: readonly Text[];
  readonly scalars: readonly Scalar[];
  readonly things: readonly Thing[];
  /** It may be something else that is not known. */
  readonly isOpen: boolean;
  /** Nodes of the flow graph whose data it holds, as a whole. */
  readonly nodes: readonly string[];
  /** It may be more functions and objects than are kept. */
  readonly isCut?: true;
  /** Computed from pieces, not written as such. */
  readonly isFolded: boolean;
  readonly isDecoded: boolean;
}

export const unknown: Value = {
  texts: [],
  scalars: [],
  things: [],
  isOpen: true,
  nodes: [],
  isFolded: false,
  isDecoded: false,
};

/** What a call is not given: as if it were nothing, not as if it were anything. */
export const absent: Value = { ...unknown };

const none: Value = { ...unknown, isOpen: false };

export const nil: Value = { ...none, scalars: [null] };

export function textValue(text: Text | string, raw?: number): Value {
  return { ...none, texts: [typeof text === 'string' ? Text.of(text, raw) : text] };
}

export function scalarValue(scalar: Scalar): Value {
  return { ...none, scalars: [scalar] };
}

export function thingValue(thing: Thing): Value {
  return { ...none, things: [thing] };
}

export function objectValue(object: HeapObject): Value {
  return thingValue({ is: 'object', object });
}

export function instanceValue(of: string, object: HeapObject): Value {
  return thingValue({ is: 'instance', of, object });
}

export function apiValue(name: string): Value {
  return thingValue({ is: 'api', name });
}

export function classValue(of: OwnClass): Value {
  return thingValue({ is: 'class', class: of });
}

export function dataOf(nodes: readonly string[]): Value {
  return nodes.length === 0 ? unknown : { ...unknown, nodes: [...new Set(nodes)] };
}

/** The value, or one that is not known: it becomes open. */
export function orOther(value: Value): Value {
  return { ...value, isOpen: true };
}

/** The value with further nodes. */
export function withNodes(value: Value, nodes: readonly string[]): Value {
  const all = union([value.nodes, nodes]);
  return all.length === value.nodes.length ? value : { ...value, nodes: all };
}

function isFirst(value: Value, at: number, all: readonly Value[]): boolean {
  return all.indexOf(value) === at;
}

let work = 0;

/** What it takes to compare an alternative with the others. */
const workPerAlternative = 3;

/** Counts what is gone through: alternatives, nodes and objects. */
export function countWork(done: number): void {
  work += done;
}

/** How much was gone through since this was asked last. */
export function takeWork(): number {
  const done = work;
  work = 0;
  return done;
}

/** One of several values. */
export function either(all: readonly Value[]): Value {
  const different = all.length > 8 ? [...new Set(all)] : all.filter(isFirst);
  const values = different.filter((one) => one !== none);
  const [first] = values;
  if (first === undefined) return none;
  if (values.length === 1) return first;
  const texts = differentTexts(values);
  for (const { texts, scalars, things, nodes } of values)
    work += workPerAlternative * (texts.length + scalars.length + things.length + nodes.length);
  const scalars = union(values.map((value) => value.scalars));
  const things = union(values.map((value) => value.things));
  const kept = fewTexts(texts);
  const { few, isCut: isLess } = fewThings(things);
  const isMany = kept.length < texts.length || few.length < things.length;
  const value: Value = {
    texts: kept,
    scalars: scalars.length > alternativesMax ? scalars.slice(0, alternativesMax) : scalars,
    things: few,
    isOpen: isMany || values.some((value) => value.isOpen),
    nodes: nodesOf(values),
    isFolded: values.some((value) => value.isFolded),
    isDecoded: values.some((value) => value.isDecoded),
  };
  const isCut = isLess || values.some((one) => one.isCut);
  // Where one of them is all of them, it stays the same: most joins add nothing.
  return values.find((one) => isAll(one, value, isCut)) ?? (isCut ? { ...value, isCut } : value);
}

function isAll(one: Value, all: Value, isCut: boolean): boolean {
  return (
    one.texts === all.texts &&
    one.things === all.things &&
    one.nodes === all.nodes &&
    one.scalars === all.scalars &&
    one.isOpen === all.isOpen &&
    one.isFolded === all.isFolded &&
    one.isDecoded === all.isDecoded &&
    (one.isCut ?? false) === isCut
  );
}

/** The nodes of values, without those that their objects hold. */
export function nodesOf(values: readonly Value[]): readonly string[] {
  return union(values.map(({ nodes }) => nodes));
}

/** All nodes of values: also of what their lists, records and fields hold. */
export function allNodesOf(values: readonly Value[]): readonly string[] {
  const nodes = new Set<string>();
  const seen = new Set<HeapObject>();
  // Many values have the very same things.
  const lists = new Set<readonly Thing[]>();
  const all = [...values];
  for (const value of all) {
    for (const node of value.nodes) nodes.add(node);
    for (const text of value.texts) for (const node of text.nodes) nodes.add(node);
    work += 1 + value.nodes.length + value.texts.length;
    if (lists.has(value.things)) continue;
    lists.add(value.things);
    work += value.things.length;
    for (const thing of value.things) {
      if ((thing.is !== 'object' && thing.is !== 'instance') || seen.has(thing.object)) continue;
      seen.add(thing.object);
      for (const held of contentsOf(thing.object)) all.push(held);
    }
  }
  return [...nodes];
}

/** How many items a value holds. */
export function itemsHeld({ things }: Value): number {
  let items = 0;
  for (const thing of things)
    if (thing.is === 'object' || thing.is === 'instance') items += thing.object.held.size;
  return items;
}

/** Objects of the library. */
export function instancesIn(values: readonly Value[]): readonly HeapObject[] {
  return values.flatMap(({ things }) =>
    things.flatMap((one) => (one.is === 'instance' ? [one.object] : [])),
  );
}

/** All that an object holds. */
export function contentsOf({ fields, rest }: HeapObject): readonly Value[] {
  work += workPerAlternative * fields.size;
  return rest === undefined ? [...fields.values()] : [...fields.values(), rest];
}

/** The texts that a value may be when it is printed; an unknown part where nothing is known. */
export function shownTexts(value: Value): readonly Text[] {
  const shown = [
    ...value.texts,
    ...value.scalars.map((scalar) => Text.of(scalar === null ? '' : String(scalar))),
  ];
  const all = shown.map((text) => carrying(text, value.nodes));
  const isOpen = value.isOpen || value.things.length > 0 || shown.length === 0;
  return isOpen ? [...all, anyText(allNodesOf([value]))] : all;
}

/** The texts that are known at least in part: all of them, or one that is not known. */
export function textsOf(value: Value): readonly Text[] {
  const all = shownTexts(value);
  const known = all.filter(({ whole }) => whole.replaceAll(unknownPart, '') !== '');
  // More alternatives than are kept.
  if (value.isOpen && value.texts.length >= alternativesMax)
    return [...known, anyText(value.nodes)];
  if (known.length > 0) return known;
  // `data ?? ''` is the data.
  const data = all.find(({ isKnown, nodes }) => !isKnown && nodes.length > 0);
  return data === undefined ? all.slice(0, 1) : [data];
}

// A text of which only is known what data it has.
function anyText(nodes: readonly string[]): Text {
  return new Text([{ text: unknownPart, raw: undefined, nodes }]);
}

function carrying(text: Text, nodes: readonly string[]): Text {
  if (nodes.length === 0 || text.nodes.length > 0) return text;
  return new Text(text.pieces.map((piece) => ({ ...piece, nodes })));
}

/** Values as one text: each alternative with each of the others, as many as are kept. */
export function concat(parts: readonly Value[]): Value {
  const all = parts.map(shownTexts);
  let ways: Text[][] = [[]];
  let isCut = false;
  for (const more of all) {
    const [first = Text.of(unknownPart)] = more;
    const isMany = ways.length * more.length > alternativesMax;
    isCut ||= isMany;
    // Where there are too many ways, each goes on with the first.
    if (isMany || more.length === 1) for (const way of ways) way.push(first);
    else ways = ways.flatMap((way) => more.map((one) => [...way, one]));
  }
  const texts = ways.map(concatTexts);
  const kept = fewTexts(texts);
  const isOpen = isCut || kept.length < texts.length || parts.some(hasMore);
  const nodes = allNodesOf(parts);
  return {
    ...none,
    // Some of those that are kept may be the same: that there are more is an alternative itself.
    texts: isOpen ? [...kept.slice(0, alternativesMax - 1), anyText(nodes)] : kept,
    isOpen,
    nodes,
    isFolded: parts.length > 1,
    isDecoded: parts.some(({ isDecoded }) => isDecoded),
  };
}

// It is more than is kept of it.
function hasMore({ isOpen, texts }: Value): boolean {
  return isOpen && texts.length >= alternativesMax;
}

/** What an argument is, when it is known. */
export type Known = Text | Scalar | undefined;

/** The only thing that a value is, when it is computed whole: a text, a number, nothing. */
export function knownOf(value: Value): Known {
  if (value === absent) return null;
  if (value.isOpen || value.things.length > 0) return undefined;
  if (value.texts.length + value.scalars.length !== 1) return undefined;
  const [text] = value.texts;
  return text === undefined ? value.scalars[0] : text.isKnown ? text : undefined;
}

/** Whether two values are equal; undefined where not every language says the same. */
export function isSame(one: Value, other: Value): boolean | undefined {
  const a = knownOf(one);
  const b = knownOf(other);
  if (a === undefined || typeof a !== typeof b || Number.isNaN(a)) return undefined;
  return a instanceof Text && b instanceof Text ? a.whole === b.whole : a === b;
}

/** The text of a value that is computed whole. */
export function knownText(value: Value | undefined): string | undefined {
  const known = value === undefined ? undefined : knownOf(value);
  return known instanceof Text ? known.whole : undefined;
}

/** A new object of the heap. */
export function newObject(kind: HeapObject['kind'], of?: OwnClass): HeapObject {
  return new HeapObject(kind, of);
}

/** A list with these items, and with any number of others that may be one of `loose`. */
export function listValue(items: readonly Value[], loose: readonly Value[] = []): Value {
  const object = newObject('list');
  items.forEach((item, at) => {
    object.put(String(at), item);
  });
  object.length = items.length;
  if (loose.length > 0) object.rest = orOther(either(loose));
  return { ...objectValue(object), nodes: [] };
}

/** A record with these entries. */
export function recordValue(entries: Iterable<readonly [string, Value]>): Value {
  const object = newObject('record');
  for (const [key, value] of entries) object.put(key, value);
  return objectValue(object);
}

/** Whether all keys of an object are known. */
export function isWhole({ shape }: HeapObject): boolean {
  return shape.rest === undefined && !shape.isPartial;
}

/** The items of the only list that a value may be, when all of them are known. */
export function itemsOf(value: Value): readonly Value[] | undefined {
  const [thing, ...others] = value.things;
  if (thing?.is !== 'object' || others.length > 0 || value.isOpen) return undefined;
  const { kind, fields, length } = thing.object;
  if (kind !== 'list' || !isWhole(thing.object)) return undefined;
  work += workPerAlternative * length;
  return Array.from({ length }, (_, at) => fields.get(String(at)) ?? nil);
}

/** Lists and records that a value may be. */
export function objectsOf(value: Value): readonly HeapObject[] {
  return value.things.flatMap((thing) =>
    thing.is === 'object' || thing.is === 'instance' ? [thing.object] : [],
  );
}

/** What stands at a key of an object: the item, or anything when the key is not known. */
export function fieldOf(object: HeapObject, key: string | undefined): Value | undefined {
  if (key === undefined) {
    if (object.fields.size === 0) return object.rest;
    const all = contentsOf(object);
    return all.length === 0 ? undefined : orOther(either(all));
  }
  const field = object.fields.get(key);
  if (field === undefined) return object.rest;
  // What may stand anywhere in a list stands behind the items whose places are known.
  const isPlaced = object.kind === 'list' && Number(key) < object.length;
  return object.rest === undefined || isPlaced ? field : either([field, object.rest]);
}

/** Any part of a value: one of the items that it has, or data of it. */
export function partOf(value: Value): Value {
  const parts = objectsOf(value).flatMap((object) => fieldOf(object, undefined) ?? []);
  return withNodes(orOther(either([unknown, ...parts])), allNodesOf([{ ...value, things: [] }]));
}

/** The key under which a value is kept; undefined when it is not known. */
export function keyOf(value: Value): string | undefined {
  const known = knownOf(value);
  if (known === undefined) return undefined;
  return known instanceof Text ? known.whole : String(known);
}

/** What stands at a key that was given a value: numbers and their texts have one key here. */
export function atKey(
  { kind, held, isMap }: HeapObject,
  key: string,
  value: Value,
  isTyped: boolean,
): Value {
  const before = kind === 'record' && (isTyped || isMap) ? held.get(key) : undefined;
  return before !== undefined && /^[-\d.]+$/.test(key) ? either([before, value]) : value;
}

/** The record whose entries are given as keywords. */
export function recordIn(value: Value): HeapObject | undefined {
  const [object, ...others] = objectsOf(value);
  return object?.kind === 'record' && others.length === 0 && !value.isOpen ? object : undefined;
}

/** Whether all texts of a value stand in the program as such. */
export function isWritten(value: Value): boolean {
  return !value.isFolded && value.texts.every(({ pieces }) => pieces.length <= 1);
}

export interface Round {
  readonly key: Value;
  readonly item: Value;
}

/** Puts data into an object of the library, and into those that it was made with. */
export function absorb(object: HeapObject, nodes: readonly string[], depth = 0): void {
  if (nodes.length === 0 || depth > 4) return;
  const before = object.rest?.nodes ?? [];
  const all = union([before, nodes]);
  if (all.length === before.length) return;
  object.rest = dataOf(all);
  for (const one of object.holds ?? []) absorb(one, nodes, depth + 1);
}

/** The rounds over a list, a record or a range that is wholly known. */
export function roundsOf(value: Value): readonly Round[] | undefined {
  const items = itemsOf(value);
  if (items !== undefined) return items.map((item, at) => ({ key: scalarValue(at), item }));
  const [object, ...others] = objectsOf(value);
  if (object?.kind !== 'record' || others.length > 0 || value.isOpen || !isWhole(object))
    return undefined;
  return [...object.fields].map(([key, item]) => ({ key: textValue(key), item }));
}
