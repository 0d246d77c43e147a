/** Calls: of the skill's functions, which are gone through for each call, and of the library's. */

import type { Node, NodeOf } from '../ir/ir.ts';
import { callApi, ownObject, passThrough, shownApi } from './api-calls.ts';
import {
  apisAbove,
  callSuper,
  makeObject,
  methodOf,
  sampleOf,
  staticMethodOf,
  staticOf,
} from './classes.ts';
import { rowFor } from './effects/effects.ts';
import type { Engine, Invocation } from './interpret.ts';
import { invoke } from './invoke.ts';
import {
  functionsOf,
  itemAt,
  memberByText,
  methodName,
  moduleMember,
  noteReaching,
} from './names.ts';
import { givenBy } from './parts.ts';
import {
  allNodesOf,
  dataOf,
  either,
  isWritten,
  itemsOf,
  knownText,
  listValue,
  type OwnClass,
  type OwnFunction,
  objectsOf,
  type Thing,
  textsOf,
  textValue,
  thingValue,
  unknown,
  type Value,
} from './value.ts';

/** What a call is given. */
export interface Given {
  readonly args: readonly Value[];
  readonly named: ReadonlyMap<string, Value>;
  /** Lists that are given item by item, whose items are not known. */
  readonly spread: readonly Value[];
  /** What a generator is sent. */
  readonly sent?: Value;
  /** Nobody is known to call: each parameter is anything. */
  readonly isAnything?: true;
}

export const nothingGiven: Given = { args: [], named: new Map(), spread: [] };

/** Calls of one function inside one another that are followed. */
export const recursionMax = 3;
/** Calls inside one another that are followed. */
export const framesMax = 48;
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
    const given = givenBy(engine, node, frame);
    const isByText = engine.isHidden(callee, frame);
    return callMethod(engine, { node, frame, isByText }, of, name, given);
  }
  if (callee.kind === 'global') {
    const given = givenBy(engine, node, frame);
    return callNamed(engine, { node, frame, isByText: false }, callee.name, given);
  }
  const value = engine.evaluate(callee, frame);
  return callValue(engine, { node, frame, isByText: false }, value, givenBy(engine, node, frame));
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
  const own = engine.library?.[written];
  if (own !== undefined)
    return own(engine, { ...given, at: engine.at(frame, site.node, written), frame });
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
  const held = engine.heap.read(engine.globals, written) ?? frame.env.get(written);
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
export function callValue(engine: Engine, from: CallSite, value: Value, given: Given): Value {
  const site = value.isFolded && engine.knowledge.isOpen ? { ...from, isByText: true } : from;
  const results = value.things.map((thing) => callThing(engine, site, thing, given));
  for (const text of engine.knowledge.isOpen ? [] : value.texts)
    if (text.isKnown)
      results.push(callNamed(engine, { ...site, isByText: !isWritten(value) }, text.whole, given));
  const isNothing = results.length === 0;
  const isData = value.isOpen && value.nodes.length > 0 && !engine.knowledge.isOpen;
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
    case 'module':
      return passThrough(engine, site, [], given);
    case 'finder': {
      if (thing.how === 'option') {
        const named = new Map(
          thing.names.map((name) => [knownText(name) ?? '', thing.given.args[0] ?? unknown]),
        );
        return either(
          given.args.map((callee) =>
            thingValue({ is: 'bound', callee, given: { ...nothingGiven, named } }),
          ),
        );
      }
      const [of = unknown] = given.args;
      const found = thing.names.map((name) =>
        thing.how === 'call'
          ? callMethod(engine, { ...site, isByText: !isWritten(name) }, of, knownText(name), {
              args: [...thing.given.args, ...given.args.slice(1)],
              named: new Map([...thing.given.named, ...given.named]),
              spread: [...thing.given.spread, ...given.spread],
            })
          : thing.how === 'item'
            ? itemAt(engine, site.node, of, name, site.frame)
            : memberByText(engine, site.node, of, name, site.frame),
      );
      return found.length === 1 ? (found[0] ?? unknown) : listValue(found);
    }
    case 'bound': {
      const { callee, given: first } = thing;
      const named = new Map([...first.named, ...given.named]);
      const spread = [...first.spread, ...given.spread];
      return callValue(engine, site, callee, {
        args: [...first.args, ...given.args],
        named,
        spread,
        ...(given.isAnything && { isAnything: true as const }),
      });
    }
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
      if (engine.knowledge.isOpen && thing.is === 'instance') {
        // `send = socket.send`
        if (thing.of.includes('#') && rowFor(engine, thing.of) !== undefined)
          return callApi(engine, site, thing.of, given, self);
        const api = `${thing.of}()`;
        if (rowFor(engine, api) !== undefined) return callApi(engine, site, api, given, self);
      }
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
    const own = of.things.flatMap((thing) => functionsIn(thing)).slice(0, candidatesMax);
    const results = own.map(({ func, self }) => invoke(engine, func, given, site, self));
    return either([...results, passThrough(engine, site, [of], given)]);
  }
  noteReaching(engine, site.node, of, name, site.frame);
  const results = of.things.flatMap(
    (thing) =>
      callOn(
        engine,
        of.isFolded && thing.is === 'api' ? { ...site, isByText: true } : site,
        thing,
        name,
        given,
      ) ?? byAny(engine, site, thingValue(thing), name, given),
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

// The functions of an object, class or module, of which one is called by a name that is not known.
function functionsIn(
  thing: Thing,
): { readonly func: OwnFunction; readonly self: Value | undefined }[] {
  const self = thingValue(thing);
  if (thing.is === 'object' && thing.object.class !== undefined)
    return [...thing.object.class.methods.values()]
      .filter((one) => !/^__/.test(one.func.name ?? ''))
      .map((func) => ({ func, self }));
  if (thing.is === 'class')
    return [...thing.class.statics.values()].map((func) => ({ func, self }));
  if (thing.is !== 'module') return [];
  return [...(thing.program.env?.all.values() ?? [])].flatMap(({ things }) =>
    things.flatMap((one) => (one.is === 'function' ? [{ func: one, self: one.self }] : [])),
  );
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
      if (field?.things.some(({ is }) => callable.has(is)))
        return callValue(engine, site, field, given);
      const api = `${kind === 'list' ? 'List' : 'Record'}#${name}`;
      return rowFor(engine, api) === undefined
        ? undefined
        : callApi(engine, site, api, given, self);
    }
    case 'instance': {
      const api = methodName(thing.of, name);
      // `session.proxies.update(…)`
      const part = name === 'update' ? /#(\w+)$/.exec(thing.of)?.[1] : undefined;
      if (part !== undefined && given.args[0] !== undefined)
        engine.heap.set(thing.object, part, given.args[0]);
      if (rowFor(engine, api) !== undefined) return callApi(engine, site, api, given, self);
      if (rowFor(engine, `Any#${name}`) !== undefined) return undefined;
      if (engine.knowledge.isOpen && !madeHere.has(thing.of))
        return ownObject(engine, site, api, given, self);
      if (!madeHere.has(thing.of)) return undefined;
      return callOnUnknown(engine, site, dataOf(allNodesOf([self])), name, given);
    }
    case 'class':
      if (engine.fold(name) === engine.knowledge.makeName)
        return makeObject(engine, site.node, self, given, site.frame);
      return (
        callStatic(engine, site, thing.class, name, given, self) ??
        unbound(engine, site, thing.class, name, given)
      );
    case 'bound':
    case 'finder':
      return undefined;
    case 'module': {
      const member = moduleMember(engine, thing.program, name);
      if (member === undefined && /^(update|__setitem__|setdefault)$/.test(name)) {
        for (const [key, value] of given.named) thing.program.env?.set(key, value);
        const [key, value] = given.args;
        const written = knownText(key);
        if (written !== undefined && value !== undefined) thing.program.env?.set(written, value);
      }
      if (member === undefined && name === 'get')
        return itemAt(engine, site.node, self, given.args[0], site.frame);
      return member === undefined ? undefined : callValue(engine, site, member, given);
    }
    case 'api': {
      const written = `${thing.name}.${name}`;
      const api = engine.knowledge.canonical?.(written) ?? written;
      const replaced = engine.knowledge.isOpen ? engine.heap.read(engine.globals, api) : undefined;
      if (replaced !== undefined) return callValue(engine, site, replaced, given);
      if (engine.knowledge.isOpen && /^__(str|repr)__$/.test(name) && /^\w+$/.test(thing.name))
        return shownApi(thing.name) ?? callApi(engine, site, api, given, undefined);
      // `vars(os).get(name)`
      const isGetter =
        /^(get|__getitem__|__getattribute__)$/.test(name) && given.args[0] !== undefined;
      if (
        isGetter &&
        rowFor(engine, api) === undefined &&
        engine.knowledge.powerful?.test(thing.name)
      )
        return memberByText(engine, site.node, self, given.args[0] ?? unknown, site.frame);
      if (engine.knowledge.isOpen) return callApi(engine, site, api, given, undefined);
      if (rowFor(engine, api) !== undefined) return callApi(engine, site, api, given, undefined);
      if (engine.fold(name) === engine.knowledge.makeName)
        return makeObject(engine, site.node, self, given, site.frame);
      return undefined;
    }
    case 'function': {
      if (engine.knowledge.isOpen && name === '__class__')
        return callApi(engine, site, 'types.FunctionType', given, undefined);
      if (engine.knowledge.isOpen && name === '__call__')
        return invoke(engine, thing, given, site, thing.self);
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
  if (method?.func.isGetter)
    return callValue(engine, site, invoke(engine, method, nothingGiven, site, self), given);
  if (method !== undefined) return invoke(engine, method, given, site, self);
  const ofClass = engine.knowledge.isOpen && staticMethodOf(of, name);
  if (ofClass) return invoke(engine, ofClass, given, site, thingValue({ is: 'class', class: of }));
  for (const api of apisAbove(of)) {
    const row = `${api}#${name}`;
    if (rowFor(engine, row) === undefined) continue;
    const made = callApi(engine, site, row, given, self);
    // `session.post` calls `session.request`.
    const inner = /^(get|post|put|patch|delete|head|options)$/.test(name)
      ? (methodOf(of, 'request') ?? methodOf(of, 'send'))
      : undefined;
    if (!engine.knowledge.isOpen || inner === undefined) return made;
    const args = [textValue(name.toUpperCase()), ...given.args];
    return either([made, invoke(engine, inner, { ...given, args }, site, self)]);
  }
  // A thread or a process of the skill.
  const run = name === 'start' && engine.knowledge.modules ? methodOf(of, 'run') : undefined;
  if (run !== undefined && apisAbove(of).length > 0)
    return invoke(engine, run, nothingGiven, site, self);
  // What any object does is not missing.
  if (rowFor(engine, `Any#${name}`) !== undefined) return undefined;
  const missing = methodOf(of, engine.knowledge.missingName);
  if (missing !== undefined) {
    const args = [{ ...unknown, texts: [] }, ...given.args];
    return invoke(engine, missing, { ...given, args }, site, self);
  }
  const usual = engine.knowledge.modules ? fieldAsMethod(of, name, self) : undefined;
  const field = self.things.flatMap((thing) =>
    thing.is === 'object' ? (thing.object.fields.get(name) ?? usual ?? []) : [],
  );
  return field.some(({ things }) => things.some(({ is }) => callable.has(is)))
    ? callValue(engine, site, either(field), given)
    : undefined;
}

// A function that a field of the class holds is called with the object.
function fieldAsMethod(of: OwnClass, name: string, self: Value): Value | undefined {
  const field = staticOf(of, name);
  if (field === undefined) return undefined;
  const things = field.things.map((one) =>
    one.is === 'function' && one.self === undefined
      ? { ...one, self, takesObject: true as const }
      : one,
  );
  return { ...field, things };
}

const callable: ReadonlySet<Thing['is']> = new Set(['function', 'api', 'bound', 'finder', 'class']);

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

// `A.method(object, …)`
function unbound(
  engine: Engine,
  site: CallSite,
  of: OwnClass,
  name: string,
  given: Given,
): Value | undefined {
  const method = engine.knowledge.modules ? methodOf(of, name) : undefined;
  const [self, ...args] = given.args;
  return method && invoke(engine, method, { ...given, args }, site, self);
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
  const { computing, command, isOpen } = engine.knowledge;
  if (isOpen) return;
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
  const isAmbiguous = engine.knowledge.ambiguous?.test(name) === true;
  const known = isAmbiguous
    ? [`Any#${name}`]
    : [`Any#${name}`, `Text#${name}`, `List#${name}`, `Record#${name}`];
  const api = known.find((one) => rowFor(engine, one) !== undefined);
  if (api !== undefined) return callApi(engine, site, api, given, of);
  const [, usual] = given.args;
  if (engine.knowledge.isOpen && name === 'get' && usual !== undefined)
    return either([passThrough(engine, site, [of], given), usual]);
  return passThrough(engine, site, [of], given);
}
