/** Calls: of the skill's functions, which are gone through for each call, and of the library's. */

import type { Node, NodeOf } from '../ir/ir.ts';
import { thingsMax } from './alternatives.ts';
import { callApi, passThrough } from './api-calls.ts';
import { callSuper, makeObject, methodOf, staticMethodOf } from './classes.ts';
import { rowFor } from './effects/effects.ts';
import type { Engine, Invocation } from './interpret.ts';
import { invoke } from './invoke.ts';
import { itemAt } from './items.ts';
import { callMethod } from './methods.ts';
import { functionsOf, memberByText } from './names.ts';
import { givenBy } from './parts.ts';
import { Text } from './text.ts';
import {
  allNodesOf,
  either,
  isWritten,
  itemsOf,
  keyOf,
  knownText,
  listValue,
  type OwnClass,
  type OwnFunction,
  objectsOf,
  scalarValue,
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
  /** The same with the items of other lists that may be given item by item. */
  readonly others?: readonly Given[];
  /** Nobody is known to call: each parameter is anything. */
  readonly isAnything?: true;
}

export const nothingGiven: Given = { args: [], named: new Map(), spread: [] };

/** A function with arguments that it is given before all others. */
export function boundCall(callee: Value, given: Given): Value {
  return thingValue({ is: 'bound', callee, given });
}

/** A function that finds something of what it is given. */
export function finderOf(
  how: 'member' | 'item' | 'call' | 'get' | 'option',
  names: readonly Value[],
  given = nothingGiven,
): Value {
  return thingValue({ is: 'finder', how, names, given });
}

export function givenArgs(...args: readonly Value[]): Given {
  return { ...nothingGiven, args };
}

/** What the call of a function costs that no node names: of a timer, of one of many. */
const nodesPerCall = 4;
/** What each further name takes for each thing that may be called by it. */
const nodesPerName = 16;
/** Calls of one function inside one another that are followed. */
export const recursionMax = 2;
/** Calls inside one another that are followed. */
export const framesMax = 200;
export const tooDeep = `more than ${framesMax} calls inside one another`;

/** The value of a call. */
export function callFunction(
  engine: Engine,
  node: NodeOf<'call' | 'super'>,
  frame: Invocation,
): Value {
  if (node.kind === 'super') return callSuper(engine, node, frame);
  const { callee } = node;
  const site = (isByText: boolean): CallSite => ({ node, frame, isByText });
  if (callee.kind === 'member') {
    const of = engine.evaluate(callee.of, frame);
    const name = engine.nameOf(callee, frame);
    const given = givenBy(engine, node, frame);
    const isByText = engine.isHidden(callee, frame);
    return inEachWay(engine, given, frame, (way) =>
      callMethod(engine, site(isByText), of, name, way),
    );
  }
  if (callee.kind === 'item' && callee.key !== undefined && engine.knowledge.itemsAreMembers) {
    const of = engine.evaluate(callee.of, frame);
    const key = engine.evaluate(callee.key, frame);
    const given = givenBy(engine, node, frame);
    const isByText = !isWritten(key);
    const names = namesIn(key);
    engine.left -= nodesPerName * (names.length - 1) * of.things.length;
    return inEachWay(engine, given, frame, (way) => {
      const runs = names.map((name) => () => callMethod(engine, site(isByText), of, name, way));
      return either(engine.branches(runs, frame, true));
    });
  }
  if (callee.kind === 'global') {
    const given = givenBy(engine, node, frame);
    return inEachWay(engine, given, frame, (way) =>
      callNamed(engine, site(false), callee.name, way),
    );
  }
  const value = engine.evaluate(callee, frame);
  const given = givenBy(engine, node, frame);
  return inEachWay(engine, given, frame, (way) => callValue(engine, site(false), value, way));
}

// The names that a key may be; one of them is undefined where it may be any.
function namesIn(key: Value): readonly (string | undefined)[] {
  const known = [...key.texts, ...key.scalars].map((one) =>
    keyOf(one instanceof Text ? textValue(one) : scalarValue(one)),
  );
  const isAny = known.length === 0 || key.isOpen || key.things.length > 0;
  return [...new Set(isAny ? [...known, undefined] : known)];
}

function inEachWay(
  engine: Engine,
  { others, ...given }: Given,
  frame: Invocation,
  run: (way: Given) => Value,
): Value {
  if (others === undefined) return run(given);
  const runs = [given, ...others].map((way) => () => run(way));
  return either(engine.branches(runs, frame, true));
}

/** Where a call stands; `isByText`: the name of what is called was put together from pieces. */
export interface CallSite {
  readonly node: Node;
  readonly frame: Invocation;
  readonly isByText?: boolean;
}

/** Calls a function by its name: of the class around, of the skill, or of the library. */
function callNamed(engine: Engine, site: CallSite, written: string, given: Given): Value {
  const { frame } = site;
  const { self = unknown } = frame;
  const own = engine.library?.[written];
  if (own !== undefined)
    return own(engine, { ...given, at: engine.at(frame, site.node, written), frame });
  const name = engine.fold(written);
  const method = engine.knowledge.callsOwnMethods
    ? classesAround(frame)
        .map((one) => methodOf(one, name, self) ?? staticMethodOf(one, name, self))
        .find((one) => one !== undefined)
    : undefined;
  if (method !== undefined) return callValue(engine, site, method, given);
  const isClass = frame.self?.things.some(({ is }) => is === 'class');
  if (isClass && engine.knowledge.callsOwnMethods && name === engine.knowledge.makeName)
    return makeObject(engine, site.node, frame.self ?? unknown, given, frame);
  const functions = functionsOf(engine, name, frame);
  if (functions.length > 0) {
    const named = { ...unknown, isOpen: false, things: functions };
    const runs = [() => callValue(engine, site, named, given)];
    // What is defined somewhere may not be defined yet.
    if (rowFor(engine, written) !== undefined)
      runs.push(() => callApi(engine, site, written, given, undefined));
    return either(engine.branches(runs, frame, true));
  }
  const held = engine.globals.fields.get(written);
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
  if (value.isCut) engine.leaveOut(tooMany, site.frame, site.node);
  const results = [...engine.each(value, site.frame, (one) => callOnce(engine, site, one, given))];
  const names = engine.knowledge.isOpen ? [] : value.texts.filter(({ isKnown }) => isKnown);
  const named = { ...site, isByText: !isWritten(value) };
  const runs = names.map(
    ({ whole }) =>
      () =>
        callNamed(engine, named, whole, given),
  );
  results.push(...engine.branches(runs, site.frame, results.length === 0 && !value.isOpen));
  const isNothing = results.length === 0;
  const isData = value.isOpen && value.nodes.length > 0 && !engine.knowledge.isOpen;
  if (isData || (isNothing && engine.knowledge.command !== undefined))
    noteComputed(engine, site, value);
  if (isNothing || value.isOpen) results.push(passThrough(engine, site, [value], given));
  return either(results);
}

/** Why a call of a value is not followed that may be many functions. */
export const tooMany = `a call of one of more than ${thingsMax} functions`;

// A member of an object may be the object's own way to call this member.
function callOnce(engine: Engine, site: CallSite, thing: Thing, given: Given): Value {
  if (thing.is === 'function') return invoke(engine, thing, given, site, thing.self);
  const of = 'object' in thing ? thing.object : thing;
  const active = engine.activeOf(of);
  engine.left -= nodesPerCall;
  if ((engine.isExhausted && thing.is === 'bound') || active > recursionMax)
    return passThrough(engine, site, [], given);
  engine.active.set(of, active + 1);
  const made = callThing(engine, site, thing, given);
  engine.active.set(of, active);
  return made;
}

function callThing(
  engine: Engine,
  site: CallSite,
  thing: Exclude<Thing, OwnFunction>,
  given: Given,
): Value {
  switch (thing.is) {
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
        return either(given.args.map((callee) => boundCall(callee, { ...nothingGiven, named })));
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

/** The name of what is called comes from data. */
export function noteComputed(engine: Engine, { node, frame }: CallSite, value: Value): void {
  const at = engine.at(frame, node, 'a computed function', 'widened');
  // `& $tool --version` in a page: the reader sets the variable.
  const isExample = !/^(code|test)$/.test(frame.program.source.context) && value.nodes.length === 0;
  if (engine.knowledge.command === undefined)
    engine.notes.trait(at, 'code-from-string', 'calls a function by a name that is computed');
  else if (isExample) engine.notes.capability(at, { kind: 'exec', program: '*' }, ['dynamic-name']);
  else engine.notes.trait(at, 'unread-program', 'calls a command whose name is computed');
  engine.notes.sink(at, allNodesOf([value]), { what: 'exec', api: at.api, part: 'code' });
}
