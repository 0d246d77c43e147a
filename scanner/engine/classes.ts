/** Objects of classes: how they are made, and which method a call of them means. */

import { keep, present } from '../fact/remembered.ts';
import type { Func, Node, NodeOf } from '../ir/ir.ts';
import { own } from '../lookup-tables/api.ts';
import { callApi, passThrough } from './api-calls.ts';
import { type CallSite, callValue, type Given, nothingGiven } from './calls.ts';
import { rowFor } from './effects/effects.ts';
import type { Engine, Invocation } from './interpret.ts';
import { invoke } from './invoke.ts';
import { holdUnknown, withReceiver } from './methods.ts';
import { givenBy } from './parts.ts';
import { changedForGood, type Fields } from './store.ts';
import {
  absorb,
  allNodesOf,
  classValue,
  either,
  instanceValue,
  itemsOf,
  knownText,
  newObject,
  OwnClass,
  type OwnFunction,
  type OwnProgram,
  objectsOf,
  objectValue,
  type Thing,
  thingValue,
  unknown,
  type Value,
} from './value.ts';
import { Variables } from './variables.ts';

/** Makes an object of a class. */
export function makeObject(
  engine: Engine,
  node: Node,
  of: Value,
  given: Given,
  frame: Invocation,
): Value {
  const site: CallSite = { node, frame };
  const ways = engine.each(of, frame, (thing): Value => {
    if (thing.is === 'class') {
      const { collections = {} } = engine.knowledge;
      const kind = apisAbove(thing.class).flatMap((api) => own(collections, api) ?? [])[0];
      const object = newObject(kind ?? 'object', thing.class);
      const self = objectValue(object);
      const other = construct(engine, site, thing.class, given, self);
      // What the constructor returns, it gives in place of the object.
      return other !== undefined && objectsOf(other).length > 0 ? either([self, other]) : self;
    }
    if (thing.is === 'function') return constructedBy(engine, site, thing, given);
    if (thing.is === 'bound') return callValue(engine, site, thingValue(thing), given);
    if (thing.is !== 'api') return unknown;
    const { makeName } = engine.knowledge;
    if (makeName === '') return callApi(engine, site, thing.name, given, undefined);
    const api = `${thing.name}.${makeName}`;
    if (rowFor(engine, api) !== undefined) return callApi(engine, site, api, given, undefined);
    if (engine.knowledge.isOpen) return callApi(engine, site, thing.name, given, undefined);
    holdUnknown(engine, site, thing.name, api);
    const object = newObject('object');
    const all = [...given.args, ...given.named.values(), ...given.spread];
    if (all.length > 0) object.rest = either(all);
    passThrough(engine, site, [], given);
    return instanceValue(thing.name, object);
  });
  const made = [...ways];
  for (const text of of.texts)
    if (text.isKnown) {
      const named = classNamed(engine, text.whole);
      made.push(makeObject(engine, node, named, given, frame));
    }
  return made.length === 0 ? passThrough(engine, site, [of], given) : either(made);
}

// What a function gives that makes an object, or the object that it fills.
function constructedBy(engine: Engine, site: CallSite, of: OwnFunction, given: Given): Value {
  const object = newObject('record');
  const self = objectValue(object);
  const result = invoke(engine, of, given, site, self);
  return objectsOf(result).length > 0 ? either([self, result]) : self;
}

function classNamed(engine: Engine, written: string): Value {
  const name = engine.fold(written);
  const own = engine.classes.get(name);
  return thingValue(own === undefined ? { is: 'api', name } : { is: 'class', class: own });
}

function construct(
  engine: Engine,
  site: CallSite,
  of: OwnClass,
  given: Given,
  self: Value,
): Value | undefined {
  const maker = engine.knowledge.isOpen && methodOf(of, engine.knowledge.makeName, self);
  if (maker) callValue(engine, site, maker, given);
  const method = methodOf(of, engine.knowledge.constructor, self);
  if (method !== undefined) {
    const made = callValue(engine, site, method, given);
    return engine.knowledge.callsBack ? made : undefined;
  }
  if (engine.knowledge.isOpen && apisAbove(of).length > 0)
    for (const object of objectsOf(self))
      absorb(object, allNodesOf([...given.args, ...given.named.values()]));
  if (engine.knowledge.isOpen)
    for (const api of apisAbove(of))
      if (rowFor(engine, api) !== undefined)
        openAs(self, callApi(engine, site, api, given, undefined));
  for (const api of apisAbove(of))
    if (rowFor(engine, `${api}.${engine.knowledge.makeName}`) !== undefined) {
      const made = callApi(engine, site, `${api}.${engine.knowledge.makeName}`, given, undefined);
      openAs(self, made);
    }
  return undefined;
}

// An object of a class that extends the library's is open on what the library's would be.
function openAs(self: Value, made: Value): void {
  for (const thing of self.things)
    for (const other of made.things)
      if (thing.is === 'object' && other.is === 'instance') {
        thing.object.openOn = other.object.openOn;
        thing.object.rest = other.object.rest;
      }
}

/** A class that a program makes of a name, what it extends, and a record of its members. */
export function classFrom(
  engine: Engine,
  { node, frame }: CallSite,
  parts: readonly Value[],
): Value {
  const [name, supers, members] = parts;
  const place = { start: node.start, end: node.end };
  const written = knownText(name) ?? '';
  const body: Node = { ...place, kind: 'hole' };
  const made = new OwnClass(
    { ...place, kind: 'class', name: written, supers: [], body },
    frame.program,
  );
  extend(engine, made, supers === undefined ? [] : (itemsOf(supers) ?? [supers]));
  for (const { fields } of members === undefined ? [] : objectsOf(members))
    for (const [key, value] of fields) {
      made.put(key, value);
      addMethod(engine, made, key, value);
    }
  return classValue(made);
}

/** The object on which a method runs that nobody calls. */
export function sampleOf(engine: Engine, { owner }: OwnFunction, frame: Invocation): Value {
  if (owner === undefined) return unknown;
  if (owner.sample !== undefined) return owner.sample;
  const object = newObject('object', owner);
  owner.sample = objectValue(object);
  const site = { node: owner.node, frame };
  construct(engine, site, owner, { ...nothingGiven, isAnything: true }, owner.sample);
  return owner.sample;
}

export function callSuper(engine: Engine, node: NodeOf<'super'>, frame: Invocation): Value {
  const given =
    node.args === undefined
      ? (frame.given ?? nothingGiven)
      : givenBy(engine, { args: node.args }, frame);
  const name = node.name ?? frame.func?.func.name ?? '';
  const site: CallSite = { node, frame };
  const { owner, self = unknown } = frame;
  for (const one of owner?.supers ?? []) {
    if (typeof one !== 'string') {
      const method = methodOf(one, name, self) ?? staticMethodOf(one, name, self);
      if (method !== undefined) return callValue(engine, site, method, given);
      continue;
    }
    const isMade = name === engine.knowledge.constructor;
    const maker = `${one}.${engine.knowledge.makeName}`;
    const isPlain = engine.knowledge.isOpen && rowFor(engine, maker) === undefined;
    const kind = own(engine.knowledge.collections ?? {}, one);
    const above = kind === undefined ? one : kind === 'list' ? 'List' : 'Record';
    const api = isMade ? (isPlain ? one : maker) : `${above}#${name}`;
    const made = callApi(engine, site, api, given, isMade ? undefined : self);
    if (isMade) openAs(self, made);
    return made;
  }
  // The object that stands behind an object without a class.
  const base = objectsOf(self).flatMap((one) => one.base ?? []);
  const methods = objectsOf(either(base)).flatMap(({ fields }) => fields.get(name) ?? []);
  if (owner === undefined && methods.length > 0)
    return callValue(engine, site, withReceiver(either(methods), self), given);
  return passThrough(engine, site, [], given);
}

/** A class gets a method: the functions that a value may be. */
export function addMethod(engine: Engine, of: OwnClass, name: string, given: Value): void {
  const takesObject = engine.knowledge.modules;
  const things = given.things.flatMap((one): readonly Thing[] => {
    if (one.is === 'bound') return [one];
    if (one.is !== 'function') return [];
    return [takesObject && !one.func.takesReceiver ? { ...one, takesObject } : one];
  });
  if (things.length > 0) engine.heap.set(of.methods, name, { ...given, things });
}

/** The method of a class, or of those that it extends, for one of its objects. */
export function methodOf(of: OwnClass, name: string, self: Value | undefined): Value | undefined {
  const found = inherited(of, name, ({ methods }) => methods);
  return found && boundTo(found, self);
}

/** The method of the class of an object of the skill. */
export function ownMethod(thing: Thing, name: string): Value | undefined {
  if (thing.is !== 'object' || thing.object.class === undefined) return undefined;
  return methodOf(thing.object.class, name, thingValue(thing));
}

/** The static method of a class, or of those that it extends. */
export function staticMethodOf(of: OwnClass, name: string, self: Value): Value | undefined {
  const found = inherited(of, name, ({ statics }) => statics);
  return found && boundTo(found, self);
}

/** The constant or static field of a class, or of those that it extends. */
export function staticOf(of: OwnClass, name: string): Value | undefined {
  return inherited(of, name, (one) => one);
}

/** The functions that a value may be, to be called on an object. */
export function boundTo(methods: Value, self: Value | undefined): Value {
  const things = methods.things.map((one) => (one.is === 'function' ? { ...one, self } : one));
  return { ...methods, things };
}

function inherited(
  of: OwnClass,
  name: string,
  storeOf: (one: OwnClass) => Fields,
): Value | undefined {
  const found: Value[] = [];
  for (const one of ancestorsOf(of)) {
    const store = storeOf(one);
    const value = store.fields.get(name);
    if (value === undefined) continue;
    found.push(value);
    // Some of its members may be missing.
    if (!store.isPartial) break;
  }
  return found.length === 0 ? undefined : either(found);
}

/** The classes of the library that a class extends. */
export function apisAbove(of: OwnClass): readonly string[] {
  return [...ancestorsOf(of)].flatMap(({ supers }) =>
    [...supers].filter((one) => typeof one === 'string'),
  );
}

/** Classes that one extends: by itself, and with those above it. */
const ancestorsMax = 256;

/** Adds what a class extends where it is opened, for the first time or again. */
export function extend(engine: Engine, of: OwnClass, values: readonly Value[]): void {
  const { supers } = of;
  changedForGood(of.born);
  for (const thing of values.flatMap(({ things }) => things)) {
    if (supers.size >= ancestorsMax) break;
    if (thing.is === 'class') supers.add(thing.class);
    if (thing.is === 'api') supers.add(thing.name);
  }
  const { length } = [...ancestorsOf(of)];
  engine.spend(length);
  if (Math.max(supers.size, length) >= ancestorsMax)
    engine.leaveOut(`a class with over ${ancestorsMax} classes above it`, of, of.node);
}

/** Gives objects and classes the members of others, which stand behind their own. */
export function inherit(engine: Engine, of: Value, base: Value): void {
  const classes = base.things.flatMap((one) =>
    one.is === 'object' && one.object.class !== undefined
      ? classValue(one.object.class)
      : thingValue(one),
  );
  for (const thing of of.things) {
    if (thing.is === 'class') extend(engine, thing.class, classes);
    if (thing.is !== 'object') continue;
    const { object } = thing;
    object.base = object.base === undefined ? base : either([base, object.base]);
  }
}

// The class, then those above it: each once, also where they extend one another in a circle.
function* ancestorsOf(of: OwnClass): Generator<OwnClass> {
  const found = new Set([of]);
  // What is added to a set while it is gone over is gone over, too.
  for (const one of found) {
    yield one;
    for (const above of one.supers)
      if (typeof above !== 'string' && found.size < ancestorsMax) found.add(above);
  }
}

/**
 * Names the functions and classes of a program before it runs: they may be used above. Of methods
 * in branches any may be the one that is called.
 */
export function declare(
  engine: Engine,
  program: OwnProgram,
  node: Node,
  owner: OwnClass | undefined,
  isMaybe = false,
): void {
  switch (node.kind) {
    case 'seq':
      for (const one of node.body) declare(engine, program, one, owner, isMaybe);
      return;
    case 'if':
      declare(engine, program, node.body, owner, true);
      if (node.otherwise !== undefined) declare(engine, program, node.otherwise, owner, true);
      return;
    case 'define': {
      const { func } = node;
      if (func.name === undefined) return;
      const name = engine.fold(func.name);
      const unbound = { around: undefined, self: undefined };
      const own: OwnFunction = { is: 'function', func, program, owner, ...unbound };
      const table = owner === undefined ? engine.functions : engine.methods;
      keep(table, name, () => []).push(own);
      if (owner === undefined) return;
      const store = node.isStatic ? owner.statics : owner.methods;
      const before = isMaybe ? store.fields.get(name) : undefined;
      store.put(name, either([...present(before), thingValue(own)]));
      if (isMaybe) store.isPartial = true;
      return;
    }
    case 'class': {
      const found = engine.classes.get(node.name) ?? new OwnClass(node, program);
      engine.classes.set(node.name, found);
      declare(engine, program, node.body, found);
    }
  }
}

/** A function as a value, with what it captures. */
export function functionOf(engine: Engine, func: Func, frame: Invocation): OwnFunction {
  const { program, self, owner } = frame;
  const copies = func.captures === 'all' ? undefined : new Variables(engine.heap);
  for (const name of func.captures === 'all' ? [] : (func.captures ?? []))
    copies?.declare(name, frame.env.get(name) ?? unknown);
  const around = copies ?? frame.env;
  const own = func.takesReceiver ? undefined : self;
  return { is: 'function', func, program, around, self: own, owner };
}
