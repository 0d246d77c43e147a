/** Methods: of the skill's objects, of the library's, and of what nobody knows. */

import { present } from '../fact/remembered.ts';
import { thingsMax } from './alternatives.ts';
import { callApi, ofFunction, ownObject, passThrough, shownApi } from './api-calls.ts';
import {
  type CallSite,
  callValue,
  type Given,
  givenArgs,
  noteComputed,
  nothingGiven,
  tooMany,
} from './calls.ts';
import {
  apisAbove,
  boundTo,
  makeObject,
  methodOf,
  sampleOf,
  staticMethodOf,
  staticOf,
} from './classes.ts';
import { rowFor } from './effects/effects.ts';
import { isCallable } from './heap.ts';
import type { Engine } from './interpret.ts';
import { invoke } from './invoke.ts';
import { itemAt } from './items.ts';
import { isNumber } from './library/sorting.ts';
import {
  classTold,
  fieldsOf,
  isGetting,
  memberByText,
  methodName,
  moduleMember,
  noteReaching,
  patchedMembers,
  type ThingOf,
} from './names.ts';
import {
  allNodesOf,
  classValue,
  contentsOf,
  dataOf,
  either,
  knownText,
  type OwnClass,
  objectsOf,
  type Thing,
  textValue,
  thingValue,
  unknown,
  type Value,
  withNodes,
} from './value.ts';

/** Methods of the skill that a call on an unknown object may mean. */
const candidatesMax = 8;

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
    // Any function of a module of which the widest effect is known.
    for (const thing of of.things)
      if (thing.is === 'api' && rowFor(engine, `${thing.name}.*`) !== undefined)
        callApi(engine, site, `${thing.name}.*`, given, undefined);
    const all = of.things.flatMap(functionsIn);
    const own = all.slice(0, engine.knowledge.callsBack ? thingsMax : candidatesMax);
    if (engine.knowledge.callsBack && all.length > own.length)
      engine.leaveOut(tooMany, site.frame, site.node);
    const runs = own.map((one) => () => callValue(engine, site, one, given));
    const results = engine.branches(runs, site.frame, false);
    return either([...results, passThrough(engine, site, [of], given)]);
  }
  if (of.isCut) engine.leaveOut(tooMany, site.frame, site.node);
  noteReaching(engine, site.node, of, name, site.frame);
  const results = [
    ...engine.each(
      of,
      site.frame,
      (thing) =>
        callOn(
          engine,
          of.isFolded && thing.is === 'api' ? { ...site, isByText: true } : site,
          thing,
          name,
          given,
          of.nodes,
        ) ?? byAny(engine, site, withNodes(thingValue(thing), of.nodes), name, given),
    ),
  ];
  for (const { owner, opened } of ownersOf(engine, of)) {
    const added = opened && methodOf(opened, engine.fold(name), of);
    if (added !== undefined) {
      results.push(callValue(engine, site, added, given));
      continue;
    }
    const self = { ...of, things: [] };
    const api = `${owner}#${name}`;
    if (rowFor(engine, api) !== undefined) results.push(callApi(engine, site, api, given, self));
    else results.push(byAny(engine, site, self, name, given));
  }
  for (const one of patchedMembers(engine, name))
    results.push(callValue(engine, site, withReceiver(one, of), given));
  if (results.length === 0 || (of.isOpen && (of.nodes.length > 0 || isNothing(of))))
    results.push(callOnUnknown(engine, site, of, name, given));
  return either(results);
}

// The functions of an object, class or module, of which one is called by a name that is not known.
function functionsIn(thing: Thing): readonly Value[] {
  const self = thingValue(thing);
  const bound = (one: Value): Value => boundTo(one, self);
  if (thing.is === 'object' && thing.object.class !== undefined)
    return [...thing.object.class.methods.fields]
      .filter(([name]) => !name.startsWith('__'))
      .map(([, one]) => bound(one));
  if (thing.is === 'class') return [...thing.class.statics.fields.values()].map(bound);
  const held =
    thing.is === 'object'
      ? contentsOf(thing.object)
      : thing.is === 'module'
        ? [...(thing.program.env?.all.values() ?? [])]
        : [];
  return held.flatMap(({ things }) =>
    things.flatMap((one) => {
      const isHeld = thing.is === 'object' && (one.is === 'api' || one.is === 'bound');
      if (one.is !== 'function') return isHeld ? [thingValue(one)] : [];
      const isOn = thing.is === 'object' && one.func.takesReceiver === true;
      return [thingValue(isOn ? { ...one, self } : one)];
    }),
  );
}

// What a program puts in place of a method of the library's lists or records.
function replacedMethod(
  { knowledge, globals }: Engine,
  kind: 'list' | 'record',
  name: string,
): Value | undefined {
  return Object.entries(knowledge.collections ?? {}).flatMap(([owner, of]) =>
    of === kind ? (globals.fields.get(`${owner}.prototype.${name}`) ?? []) : [],
  )[0];
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

function callOn(
  engine: Engine,
  site: CallSite,
  thing: Thing,
  name: string,
  given: Given,
  nodes: readonly string[],
): Value | undefined {
  const self = thingValue(thing);
  const told = classTold(engine, thing, name);
  if (told !== undefined) return callValue(engine, site, told, given);
  switch (thing.is) {
    case 'object':
      return callOnObject(engine, site, thing, name, given, nodes);
    case 'instance':
      return callOnInstance(engine, site, thing, name, given);
    case 'class':
      if (engine.fold(name) === engine.knowledge.makeName)
        return makeObject(engine, site.node, self, given, site.frame);
      return (
        callStatic(engine, site, thing.class, name, given, self) ??
        unbound(engine, site, thing.class, name, given) ??
        ofFunction(engine, site, name, given, self)
      );
    case 'bound':
    case 'finder':
      return ofFunction(engine, site, name, given, self);
    case 'module':
      return callInModule(engine, site, thing, name, given);
    case 'api':
      return callInLibrary(engine, site, thing, name, given);
    case 'function': {
      if (engine.knowledge.isOpen && name === '__call__')
        return invoke(engine, thing, given, site, thing.self);
      const field = fieldsOf(engine, thing).fields.get(name);
      if (field !== undefined) return callValue(engine, site, field, given);
      const api = `Function#${name}`;
      return rowFor(engine, api) === undefined
        ? undefined
        : callApi(engine, site, api, given, self);
    }
  }
}

function callOnObject(
  engine: Engine,
  site: CallSite,
  thing: ThingOf<'object'>,
  name: string,
  given: Given,
  nodes: readonly string[],
): Value | undefined {
  const self = thingValue(thing);
  const { kind, class: of, base, shape, isMap } = thing.object;
  const made = of && callOwn(engine, site, of, name, given, self);
  if (made !== undefined || (kind === 'object' && base === undefined)) return made;
  const isField = kind === 'record' || engine.knowledge.itemsAreMembers;
  const field = isField ? thing.object.field(name) : undefined;
  const api = `${kind === 'list' ? 'List' : 'Record'}#${name}`;
  const own = (): Value => callApi(engine, site, api, given, withNodes(self, nodes));
  if (field?.things.some(isCallable)) {
    const isEntry = isMap && rowFor(engine, api) !== undefined;
    const called = callValue(engine, site, withReceiver(field, self), given);
    return isEntry ? either([called, own()]) : called;
  }
  const inherited = (base?.things ?? []).flatMap((one) =>
    one.is === 'object' ? (one.object.fields.get(name) ?? []) : [],
  );
  if (field === undefined && inherited.length > 0)
    return callValue(engine, site, withReceiver(either(inherited), self), given);
  if (field === undefined && base !== undefined)
    return either([
      callMethod(engine, site, base, name, given),
      ...present(shape.rest).map((rest) =>
        callValue(engine, site, withReceiver(rest, self), given),
      ),
    ]);
  if (kind === 'object') return undefined;
  const replaced = replacedMethod(engine, kind, name);
  if (replaced !== undefined) return callValue(engine, site, withReceiver(replaced, self), given);
  return rowFor(engine, api) === undefined ? undefined : own();
}

function callOnInstance(
  engine: Engine,
  site: CallSite,
  thing: ThingOf<'instance'>,
  name: string,
  given: Given,
): Value | undefined {
  const self = thingValue(thing);
  const api = methodName(thing.of, name);
  // `session.proxies.update(…)`
  const part = name === 'update' ? /#(\w+)$/.exec(thing.of)?.[1] : undefined;
  if (part !== undefined && given.args[0] !== undefined)
    engine.heap.set(thing.object, part, given.args[0]);
  if (rowFor(engine, api) !== undefined) return callApi(engine, site, api, given, self);
  const { isClient, sendsNothing } = engine.knowledge;
  const sends =
    thing.object.openOn.length > 0 && isClient?.(api) === true && !sendsNothing?.test(api);
  if (!sends && rowFor(engine, `Any#${name}`) !== undefined) return undefined;
  if (engine.knowledge.isOpen && !madeHere.has(thing.of))
    return ownObject(engine, site, api, given, self);
  if (!madeHere.has(thing.of)) return undefined;
  return callOnUnknown(engine, site, dataOf(allNodesOf([self])), name, given);
}

function callInModule(
  engine: Engine,
  site: CallSite,
  thing: ThingOf<'module'>,
  name: string,
  given: Given,
): Value | undefined {
  const member = moduleMember(engine, thing.program, name);
  if (member === undefined && /^(update|__setitem__|setdefault)$/.test(name)) {
    for (const [key, value] of given.named) thing.program.env?.set(key, value);
    const [key, value] = given.args;
    const written = knownText(key);
    if (written !== undefined && value !== undefined) thing.program.env?.set(written, value);
  }
  if (member === undefined && name === 'get')
    return itemAt(engine, site.node, thingValue(thing), given.args[0], site.frame);
  return member === undefined ? undefined : callValue(engine, site, member, given);
}

function callInLibrary(
  engine: Engine,
  site: CallSite,
  thing: ThingOf<'api'>,
  name: string,
  given: Given,
): Value | undefined {
  const self = thingValue(thing);
  const { isOpen, powerful, callsBack, makeName } = engine.knowledge;
  const written = `${thing.name}.${name}`;
  const api = engine.canonical(written);
  const replaced = isOpen ? engine.globals.fields.get(api) : undefined;
  if (replaced !== undefined) return callValue(engine, site, replaced, given);
  if (isOpen && /^__(str|repr)__$/.test(name) && /^\w+$/.test(thing.name))
    return shownApi(thing.name) ?? callApi(engine, site, api, given, undefined);
  if (rowFor(engine, api) !== undefined) return callApi(engine, site, api, given, undefined);
  // `vars(os).get(name)`
  const [first] = given.args;
  const isGetter = /^(get|__getitem__|__getattribute__)$/.test(name) && first !== undefined;
  if (isGetter && powerful?.test(thing.name))
    return memberByText(engine, site.node, self, first, site.frame);
  // What gives nothing whatever it is called on.
  const ofAny = rowFor(engine, `Any#${name}`);
  if (callsBack && ofAny?.gives === 'nothing' && ofAny.effects.length === 0) return undefined;
  if (isOpen)
    return (
      ofFunction(engine, site, name, given, self) ?? callApi(engine, site, api, given, undefined)
    );
  return engine.fold(name) === makeName
    ? makeObject(engine, site.node, self, given, site.frame)
    : undefined;
}

// What an object has itself, or a method of its class: that it has one is not always sure.
function callOwn(
  engine: Engine,
  site: CallSite,
  of: OwnClass,
  name: string,
  given: Given,
  self: Value,
): Value | undefined {
  const field = either(objectsOf(self).flatMap(({ fields }) => fields.get(name) ?? []));
  const ofClass = (): Value | undefined => callOfClass(engine, site, of, name, given, self);
  const ofField = (): Value => callValue(engine, site, withReceiver(field, self), given);
  if (!field.things.some(isCallable)) return ofClass();
  if (!engine.knowledge.isOpen) return ofClass() ?? ofField();
  const method = methodOf(of, name, self);
  const isOwn = method?.things.every((one) => isHeldIn(field, one));
  const isSure = objectsOf(self).every(({ isPartial }) => !isPartial);
  // Where it seems to be sure, the class's is looked at once.
  if (isOwn || (isSure && engine.tried.has(site.node))) return ofField();
  engine.tried.add(site.node);
  return either(engine.branches([ofField, ofClass], site.frame, true).flatMap(present));
}

// Whether it is this function that would be called: `this.go = this.go.bind(this)`.
function isHeldIn({ things }: Value, method: Thing): boolean {
  return things.some((one) =>
    one.is === 'bound'
      ? isHeldIn(one.callee, method)
      : one.is === 'function' && method.is === 'function' && one.func === method.func,
  );
}

// A method of a class of the skill, or of the library's class that it extends.
function callOfClass(
  engine: Engine,
  site: CallSite,
  of: OwnClass,
  name: string,
  given: Given,
  self: Value,
): Value | undefined {
  const method = methodOf(of, engine.fold(name), self);
  if (method !== undefined && isGetting(method))
    return callValue(engine, site, callValue(engine, site, method, nothingGiven), given);
  if (method !== undefined) return callValue(engine, site, method, given);
  const ofClass = engine.knowledge.isOpen && staticMethodOf(of, name, classValue(of));
  if (ofClass) return callValue(engine, site, ofClass, given);
  for (const api of apisAbove(of)) {
    const row = `${api}#${name}`;
    if (rowFor(engine, row) === undefined) continue;
    const made = callApi(engine, site, row, given, self);
    // `session.post` calls `session.request`.
    const inner = /^(get|post|put|patch|delete|head|options)$/.test(name)
      ? (methodOf(of, 'request', self) ?? methodOf(of, 'send', self))
      : undefined;
    if (!engine.knowledge.isOpen || inner === undefined) return made;
    const args = [textValue(name.toUpperCase()), ...given.args];
    return either([made, callValue(engine, site, inner, { ...given, args })]);
  }
  // A thread or a process of the skill.
  const run = name === 'start' && engine.knowledge.modules ? methodOf(of, 'run', self) : undefined;
  if (run !== undefined && apisAbove(of).length > 0)
    return callValue(engine, site, run, nothingGiven);
  // What any object does is not missing.
  if (rowFor(engine, `Any#${name}`) !== undefined) return undefined;
  const missing = methodOf(of, engine.knowledge.missingName, self);
  if (missing !== undefined && engine.knowledge.isOpen) {
    const found = callValue(engine, site, missing, givenArgs(textValue(name)));
    return callValue(engine, site, found, given);
  }
  if (missing !== undefined) {
    const args = [{ ...unknown, texts: [] }, ...given.args];
    return callValue(engine, site, missing, { ...given, args });
  }
  const usual = engine.knowledge.modules ? staticOf(of, name) : undefined;
  return usual?.things.some(isCallable)
    ? callValue(engine, site, withReceiver(usual, self), given)
    : undefined;
}

/** A function that asks what it is called on gets it. */
export function withReceiver(field: Value, self: Value): Value {
  if (!field.things.some((one) => one.is === 'function' && one.func.takesReceiver)) return field;
  const things = field.things.map((one) =>
    one.is === 'function' && one.func.takesReceiver && one.self === undefined
      ? { ...one, self }
      : one,
  );
  return { ...field, things };
}

function callStatic(
  engine: Engine,
  site: CallSite,
  of: OwnClass,
  name: string,
  given: Given,
  self: Value,
): Value | undefined {
  const method = staticMethodOf(of, engine.fold(name), self);
  if (method !== undefined && isGetting(method))
    return callValue(engine, site, callValue(engine, site, method, nothingGiven), given);
  if (method !== undefined) return callValue(engine, site, method, given);
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
  const [self, ...args] = given.args;
  const method = engine.knowledge.modules ? methodOf(of, name, self) : undefined;
  return method && callValue(engine, site, method, { ...given, args });
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
  else if (!engine.unknownCalls.has(frame.program)) {
    engine.unknownCalls.set(frame.program, { at: node.start, name });
  }
}

// Nothing is known of the object: the skill's methods of this name, or what any object does.
function callOnUnknown(
  engine: Engine,
  site: CallSite,
  of: Value,
  name: string,
  given: Given,
): Value {
  const { frame } = site;
  const own = engine.methods.get(engine.fold(name)) ?? [];
  if (own.length > 0 && own.length <= candidatesMax && of.nodes.length === 0)
    return either(
      own.map((method) => invoke(engine, method, given, site, sampleOf(engine, method, frame))),
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
