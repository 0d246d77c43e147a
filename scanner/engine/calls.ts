/** Calls: of the skill's functions, which are gone through for each call, and of the library's. */
import type { Node, NodeOf, Param } from '../ir/ir.ts';
import {
  apisAbove,
  callSuper,
  makeObject,
  methodOf,
  sampleOf,
  staticMethodOf,
  staticOf,
} from './classes.ts';
import { type ApiCall, applyRow, rowFor } from './effects.ts';
import type { Engine, Invocation } from './interpret.ts';
import { functionsOf } from './names.ts';
import {
  allNodesOf,
  dataOf,
  either,
  isWritten,
  itemsOf,
  knownText,
  listValue,
  newObject,
  nil,
  type OwnClass,
  type OwnFunction,
  objectsOf,
  partOf,
  type Thing,
  textsOf,
  textValue,
  thingValue,
  unknown,
  type Value,
  withNodes,
} from './value.ts';
import { Variables } from './variables.ts';

/** What a call is given. */
export interface Given {
  readonly args: readonly Value[];
  readonly named: ReadonlyMap<string, Value>;
  /** Lists that are given item by item, whose items are not known. */
  readonly spread: readonly Value[];
  /** Nobody is known to call: each parameter is anything. */
  readonly isAnything?: true;
}

export const nothingGiven: Given = { args: [], named: new Map(), spread: [] };

/** Calls of one function inside one another that are followed. */
const recursionMax = 3;
/** Calls inside one another that are followed. */
const framesMax = 48;
/** Methods of the skill that a call on an unknown object may mean. */
const candidatesMax = 8;

/** The value of a call. */
export function callFunction(
  engine: Engine,
  node: NodeOf<'call' | 'super'>,
  frame: Invocation,
): Value {
  if (node.kind === 'super') return callSuper(engine, node, frame);
  const { callee } = node;
  if (callee.kind === 'member') {
    const of = engine.evaluate(callee.of, frame);
    const name = engine.nameOf(callee, frame);
    const given = engine.givenBy(node, frame);
    const isByText = engine.isHidden(callee, frame);
    return callMethod(engine, { node, frame, isByText }, of, name, given);
  }
  if (callee.kind === 'global') {
    const given = engine.givenBy(node, frame);
    return callNamed(engine, { node, frame, isByText: false }, callee.name, given);
  }
  const value = engine.evaluate(callee, frame);
  return callValue(engine, { node, frame, isByText: false }, value, engine.givenBy(node, frame));
}

/** Where a call stands; `isByText`: the name of what is called was put together from pieces. */
export interface CallSite {
  readonly node: Node;
  readonly frame: Invocation;
  readonly isByText: boolean;
}

/** Calls a function by its name: of the class around, of the skill, or of the library. */
export function callNamed(engine: Engine, site: CallSite, written: string, given: Given): Value {
  const { frame } = site;
  const name = engine.fold(written);
  const method = engine.knowledge.callsOwnMethods
    ? classesAround(frame)
        .map((one) => methodOf(one, name) ?? staticMethodOf(one, name))
        .find((one) => one !== undefined)
    : undefined;
  if (method !== undefined) return invoke(engine, method, given, site, frame.self);
  const isClass = frame.self?.things.some(({ is }) => is === 'class');
  if (isClass && engine.knowledge.callsOwnMethods && name === engine.knowledge.makeName)
    return makeObject(engine, site.node, frame.self ?? unknown, given, frame);
  const functions = functionsOf(engine, name, frame);
  if (functions.length > 0)
    return callValue(engine, site, { ...unknown, isOpen: false, things: functions }, given);
  const held = engine.globals.get(written) ?? frame.env.get(written);
  if (held !== undefined) return callValue(engine, site, held, given);
  const ofAny = `Any#${written}`;
  if (rowFor(engine, written) === undefined && rowFor(engine, ofAny) !== undefined)
    return callApi(engine, site, ofAny, given, frame.self);
  noteTelling(engine, site, written, given);
  const { command, computing } = engine.knowledge;
  const isCommand = command !== undefined && rowFor(engine, written) === undefined;
  if (!isCommand || computing?.test(written) || /^[-[]/.test(written))
    return callApi(engine, site, written, given, undefined);
  const words = { ...given, args: [textValue(written), ...given.args] };
  // A path is put together from its folder and its name everywhere.
  if (site.isByText && /^[a-z][\w.-]*$/i.test(written))
    engine.notes.trait(engine.at(frame, site.node, written, 'folded'), 'folded-name', written);
  return callApi(engine, { ...site, isByText: false }, command, words, undefined);
}

function noteTelling(engine: Engine, { node, frame }: CallSite, name: string, given: Given): void {
  const { telling } = engine.knowledge;
  if (telling === undefined || rowFor(engine, name) !== undefined) return;
  const shown = (value: Value): string => textsOf(value)[0]?.whole ?? '';
  const named = [...given.named].flatMap(([option, value]) => [`-${option}`, shown(value)]);
  for (const { trait, says } of telling(name, [...named, ...given.args.map(shown)]))
    engine.notes.trait(engine.at(frame, node, name), trait, `${name} ${says}`);
}

// The classes of the object first: a method of a class above may call one of a class below.
function classesAround({ self, owner }: Invocation): readonly OwnClass[] {
  const own = objectsOf(self ?? unknown).flatMap((object) => object.class ?? []);
  return owner === undefined ? own : [...own, owner];
}

/** Calls a value: a function, a class, a function by its text. */
export function callValue(engine: Engine, site: CallSite, value: Value, given: Given): Value {
  const results = value.things.map((thing) => callThing(engine, site, thing, given));
  for (const text of value.texts)
    if (text.isKnown)
      results.push(callNamed(engine, { ...site, isByText: !isWritten(value) }, text.whole, given));
  const isNothing = results.length === 0;
  const isData = value.isOpen && value.nodes.length > 0;
  if (isData || (isNothing && engine.knowledge.command !== undefined))
    noteComputed(engine, site, value);
  if (isNothing || value.isOpen) results.push(passThrough(engine, site, [value], given));
  return either(results);
}

function callThing(engine: Engine, site: CallSite, thing: Thing, given: Given): Value {
  switch (thing.is) {
    case 'function':
      return invoke(engine, thing, given, site, thing.self);
    case 'api':
      return callApi(engine, site, thing.name, given, undefined);
    case 'class':
      return makeObject(engine, site.node, thingValue(thing), given, site.frame);
    case 'object':
    case 'instance': {
      const self = thingValue(thing);
      const [of, name] = itemsOf(self) ?? [];
      // A list of an object and the name of its method.
      if (of !== undefined && name !== undefined)
        return callMethod(
          engine,
          { ...site, isByText: !isWritten(name) },
          of,
          knownText(name),
          given,
        );
      return callMethod(engine, site, self, engine.knowledge.callName, given);
    }
  }
}

// The name of what is called comes from data.
function noteComputed(engine: Engine, { node, frame }: CallSite, value: Value): void {
  const at = engine.at(frame, node, 'a computed function', 'widened');
  // `& $tool --version` in a page: the reader sets the variable.
  const isExample = !/^(code|test)$/.test(frame.program.source.context) && value.nodes.length === 0;
  if (engine.knowledge.command !== undefined && isExample)
    engine.notes.capability(at, { kind: 'exec', program: '*' }, ['dynamic-name']);
  else if (engine.knowledge.command !== undefined)
    engine.notes.trait(at, 'unread-program', 'calls a command whose name is computed');
  else engine.notes.trait(at, 'code-from-string', 'calls a function by a name that is computed');
  engine.notes.sink(at, allNodesOf([value]), { what: 'exec', api: at.api, part: 'code' });
}

/** Calls a method of an object. */
export function callMethod(
  engine: Engine,
  site: CallSite,
  of: Value,
  name: string | undefined,
  given: Given,
): Value {
  if (name === undefined) {
    if (of.things.some(({ is }) => is === 'api')) noteComputed(engine, site, of);
    return passThrough(engine, site, [of], given);
  }
  const results = of.things.flatMap(
    (thing) =>
      callOn(engine, site, thing, name, given) ??
      byAny(engine, site, thingValue(thing), name, given),
  );
  for (const { owner, opened } of ownersOf(engine, of)) {
    const added = opened && methodOf(opened, engine.fold(name));
    if (added !== undefined) {
      results.push(invoke(engine, added, given, site, of));
      continue;
    }
    const self = { ...of, things: [] };
    const api = `${owner}#${name}`;
    if (rowFor(engine, api) !== undefined) results.push(callApi(engine, site, api, given, self));
    else results.push(byAny(engine, site, self, name, given));
  }
  if (results.length === 0 || (of.isOpen && (of.nodes.length > 0 || isNothing(of))))
    results.push(callOnUnknown(engine, site, of, name, given));
  return either(results);
}

function isNothing({ things, texts }: Value): boolean {
  return things.length === 0 && texts.length === 0;
}

// The tables' names for texts and numbers, and the classes of the skill that add methods to them.
function ownersOf(
  { knowledge, classes }: Engine,
  { texts, scalars }: Value,
): readonly { readonly owner: string; readonly opened: OwnClass | undefined }[] {
  const opened = (name: string | undefined): OwnClass | undefined =>
    name === undefined ? undefined : classes.get(name);
  const { text, number } = knowledge.openClasses ?? {};
  return [
    ...(texts.length > 0 ? [{ owner: 'Text', opened: opened(text) }] : []),
    ...(scalars.some(isNumber) ? [{ owner: 'Number', opened: opened(number) }] : []),
  ];
}

function isNumber(scalar: unknown): boolean {
  return typeof scalar === 'number' || typeof scalar === 'bigint';
}

function callOn(
  engine: Engine,
  site: CallSite,
  thing: Thing,
  name: string,
  given: Given,
): Value | undefined {
  const self = thingValue(thing);
  switch (thing.is) {
    case 'object': {
      const { kind } = thing.object;
      if (thing.object.class !== undefined)
        return callOwn(engine, site, thing.object.class, name, given, self);
      const field = kind === 'record' ? thing.object.fields.get(name) : undefined;
      if (field?.things.some(({ is }) => is === 'function'))
        return callValue(engine, site, field, given);
      const api = `${kind === 'list' ? 'List' : 'Record'}#${name}`;
      return rowFor(engine, api) === undefined
        ? undefined
        : callApi(engine, site, api, given, self);
    }
    case 'instance': {
      const api = `${thing.of}#${name}`;
      if (rowFor(engine, api) !== undefined) return callApi(engine, site, api, given, self);
      if (!madeHere.has(thing.of) || rowFor(engine, `Any#${name}`) !== undefined) return undefined;
      return callOnUnknown(engine, site, dataOf(allNodesOf([self])), name, given);
    }
    case 'class':
      if (engine.fold(name) === engine.knowledge.makeName)
        return makeObject(engine, site.node, self, given, site.frame);
      return callStatic(engine, site, thing.class, name, given, self);
    case 'api': {
      const api = `${thing.name}.${name}`;
      if (rowFor(engine, api) !== undefined) return callApi(engine, site, api, given, undefined);
      if (engine.fold(name) === engine.knowledge.makeName)
        return makeObject(engine, site.node, self, given, site.frame);
      return undefined;
    }
    case 'function': {
      const api = `Function#${name}`;
      return rowFor(engine, api) === undefined
        ? undefined
        : callApi(engine, site, api, given, self);
    }
  }
}

// A method of a class of the skill, or of the library's class that it extends.
function callOwn(
  engine: Engine,
  site: CallSite,
  of: OwnClass,
  name: string,
  given: Given,
  self: Value,
): Value | undefined {
  const method = methodOf(of, engine.fold(name));
  if (method !== undefined) return invoke(engine, method, given, site, self);
  const api = apisAbove(of).find((one) => rowFor(engine, `${one}#${name}`) !== undefined);
  if (api !== undefined) return callApi(engine, site, `${api}#${name}`, given, self);
  // What any object does is not missing.
  if (rowFor(engine, `Any#${name}`) !== undefined) return undefined;
  const missing = methodOf(of, engine.knowledge.missingName);
  if (missing !== undefined) {
    const args = [{ ...unknown, texts: [] }, ...given.args];
    return invoke(engine, missing, { ...given, args }, site, self);
  }
  const field = self.things.flatMap((thing) =>
    thing.is === 'object' ? (thing.object.fields.get(name) ?? []) : [],
  );
  if (field.some(({ things }) => things.some(({ is }) => is === 'function')))
    return callValue(engine, site, either(field), given);
  return undefined;
}

function callStatic(
  engine: Engine,
  site: CallSite,
  of: OwnClass,
  name: string,
  given: Given,
  self: Value,
): Value | undefined {
  const method = staticMethodOf(of, engine.fold(name));
  if (method !== undefined) return invoke(engine, method, given, site, self);
  const api = apisAbove(of).find((one) => rowFor(engine, `${one}.${name}`) !== undefined);
  if (api !== undefined) return callApi(engine, site, `${api}.${name}`, given, self);
  const field = staticOf(of, name);
  return field === undefined ? undefined : callValue(engine, site, field, given);
}

function byAny(engine: Engine, site: CallSite, self: Value, name: string, given: Given): Value {
  const api = `Any#${name}`;
  if (rowFor(engine, api) !== undefined) return callApi(engine, site, api, given, self);
  for (const thing of self.things) {
    const of = thing.is === 'api' ? thing.name : thing.is === 'instance' ? thing.of : '';
    if (of !== '') holdUnknown(engine, site, of, `${of}.${name}`);
    if (thing.is === 'object' && thing.object.class !== undefined)
      for (const one of apisAbove(thing.object.class))
        holdUnknown(engine, site, one, `${one}.${name}`);
  }
  // What is called on the program itself is a function of the language.
  const isSelf = self.things.some(
    (thing) => thing.is === 'object' && thing.object.class !== undefined,
  );
  if (isSelf && rowFor(engine, name) !== undefined)
    return callApi(engine, site, name, given, undefined);
  return passThrough(engine, site, [self], given);
}

// What effects give is data in the first place, whatever class it has in the language.
const madeHere: ReadonlySet<string> = new Set(['File', 'Response', 'Connection', 'Process']);

/**
 * A call that no row has may do anything, unless it belongs to what only computes: a person reads
 * the program.
 */
export function holdUnknown(
  engine: Engine,
  { node, frame }: CallSite,
  of: string,
  name: string,
): void {
  const { computing, command } = engine.knowledge;
  if (computing?.test(of) || computing?.test(name) || madeHere.has(of)) return;
  if (command !== undefined)
    engine.notes.trait(engine.at(frame, node, of), 'unread-program', `uses ${name}`);
  else if (!engine.unknownCalls.has(frame.program))
    engine.unknownCalls.set(frame.program, { at: node.start, name });
}

// Nothing is known of the object: the skill's methods of this name, or what any object does.
function callOnUnknown(
  engine: Engine,
  site: CallSite,
  of: Value,
  name: string,
  given: Given,
): Value {
  const own = engine.methods.get(engine.fold(name)) ?? [];
  if (own.length > 0 && own.length <= candidatesMax && of.nodes.length === 0)
    return either(
      own.map((method) =>
        invoke(engine, method, given, site, sampleOf(engine, method, site.frame)),
      ),
    );
  const known = ['Any', 'Text', 'List', 'Record'].map((one) => `${one}#${name}`);
  const api = known.find((one) => rowFor(engine, one) !== undefined);
  if (api !== undefined) return callApi(engine, site, api, given, of);
  return passThrough(engine, site, [of], given);
}

/** What a function that nobody knows gives: data of all that it is given, which it may hand on. */
export function passThrough(
  engine: Engine,
  site: CallSite,
  of: readonly Value[],
  given: Given,
): Value {
  const all = [...of, ...given.args, ...given.named.values(), ...given.spread];
  const nodes = allNodesOf(all);
  const data = dataOf(nodes);
  for (const value of all)
    for (const thing of value.things)
      if (thing.is === 'function' && !of.includes(value))
        invoke(engine, thing, { ...nothingGiven, args: [data, data, data] }, site, thing.self);
  return { ...data, isDecoded: all.some(({ isDecoded }) => isDecoded) };
}

/** Calls a function of the library. */
export function callApi(
  engine: Engine,
  site: CallSite,
  api: string,
  given: Given,
  self: Value | undefined,
): Value {
  const { node, frame } = site;
  const row = rowFor(engine, api);
  if (row === undefined) {
    holdUnknown(engine, site, api.replace(/[#.][^#.]*$/, ''), api);
    return passThrough(engine, site, self === undefined ? [] : [self], given);
  }
  const at = engine.at(frame, node, api, site.isByText ? 'folded' : 'exact');
  if (site.isByText) engine.notes.trait(at, 'folded-name', api);
  const call: ApiCall = { ...given, at, frame, ...(self !== undefined && { self }) };
  return applyRow(engine, call, row);
}

/** Goes through a function with what it is given. */
export function invoke(
  engine: Engine,
  own: OwnFunction,
  given: Given,
  { node, frame }: Pick<CallSite, 'node' | 'frame'>,
  self: Value | undefined,
): Value {
  const { func, program, around, owner } = own;
  const active = engine.active.get(func) ?? 0;
  const isTooDeep = active >= recursionMax || frame.depth >= framesMax;
  if (isTooDeep || (engine.isExhausted && engine.called.has(func)))
    return dataOf(allNodesOf([...given.args, ...given.named.values(), ...given.spread]));
  engine.called.add(func);
  engine.active.set(func, active + 1);
  const inner: Invocation = {
    program,
    env: new Variables(around),
    self,
    owner,
    func: own,
    given,
    key: engine.keyOf(frame, node),
    depth: frame.depth + 1,
    returned: [],
    thrown: [],
    ended: '',
  };
  bind(engine, func.params, given, inner);
  const last = engine.evaluate(func.body, inner);
  engine.active.set(func, active);
  frame.thrown.push(...inner.thrown);
  if (inner.ended === 'exit') frame.ended = engine.uncertain === 0 ? 'exit' : frame.ended;
  if (func.isBlock && inner.ended === 'return') frame.returned.push(...inner.returned);
  const values = [...inner.returned, ...(func.givesLast && inner.ended === '' ? [last] : [])];
  return values.length === 0 ? nil : either(values);
}

function bind(engine: Engine, params: readonly Param[], given: Given, frame: Invocation): void {
  let args = [...given.args, ...looseNames(params, given)];
  const plain = params.filter(({ rest, isKeyword, isBlock }) => !rest && !isKeyword && !isBlock);
  // A block with several parameters takes a list apart.
  const [only] = args;
  if (frame.func?.func.isBlock && args.length === 1 && plain.length > 1 && only !== undefined)
    args = [...(itemsOf(only) ?? plain.map(() => partOf(only)))];
  let at = 0;
  for (const param of params) {
    const value = valueFor(engine, param, params, given, args, at, frame);
    if (!param.isKeyword && !param.isBlock) at += param.rest === 'list' ? args.length : 1;
    const about = engine.at(frame, { ...param, kind: 'self' }, param.name);
    frame.env.declare(param.name, heldBy(engine, about, value, param));
    if (param.parts !== undefined) engine.assign(param.parts, value, frame);
  }
}

// Keywords that no parameter takes are one record behind the other arguments.
function looseNames(params: readonly Param[], { named }: Given): readonly Value[] {
  const names = new Set(params.map(({ name }) => name));
  const loose = [...named].filter(([name]) => name !== '&' && !names.has(name));
  if (loose.length === 0 || params.some(({ rest }) => rest === 'record')) return [];
  const object = newObject('record');
  for (const [name, value] of loose) object.fields.set(name, value);
  return [thingValue({ is: 'object', object })];
}

function heldBy(engine: Engine, at: ApiCall['at'], value: Value, { name, start }: Param): Value {
  if (value.nodes.length === 0) return value;
  const node = engine.notes.node(at, `parameter@${start}`, `parameter "${name.slice(0, 60)}"`);
  for (const from of value.nodes) engine.notes.edge(from, node);
  return { ...value, nodes: [node] };
}

function valueFor(
  engine: Engine,
  param: Param,
  params: readonly Param[],
  given: Given,
  args: readonly Value[],
  at: number,
  frame: Invocation,
): Value {
  const spread = given.spread.map(partOf);
  if (param.isBlock) return given.named.get('&') ?? (given.isAnything ? unknown : nil);
  if (param.rest === 'list')
    return withNodes(listValue(args.slice(at), given.isAnything), allNodesOf(spread));
  if (param.rest === 'record') {
    const object = newObject('record');
    const names = new Set(params.map(({ name }) => name));
    for (const [name, value] of given.named) if (!names.has(name)) object.fields.set(name, value);
    if (given.isAnything) object.rest = unknown;
    return thingValue({ is: 'object', object });
  }
  const value = given.named.get(param.name) ?? (param.isKeyword ? undefined : args[at]);
  if (value !== undefined) return value;
  const fallback =
    param.fallback === undefined ? undefined : engine.evaluate(param.fallback, frame);
  if (spread.length > 0) return either([...spread, ...(fallback === undefined ? [] : [fallback])]);
  if (given.isAnything) return fallback === undefined ? unknown : { ...fallback, isOpen: true };
  return fallback ?? nil;
}
