/** What is given to members and items. */

import { present } from '../fact/remembered.ts';
import type { Node } from '../ir/ir.ts';
import { noteHandedOn } from './api-calls.ts';
import { callValue, givenArgs, nothingGiven } from './calls.ts';
import { addMethod, inherit, ownMethod, staticMethodOf, staticOf } from './classes.ts';
import { applyRow, rowFor } from './effects/effects.ts';
import type { Engine, Invocation } from './interpret.ts';
import { indexIn } from './items.ts';
import { letterOf } from './library/codecs.ts';
import { byteOf } from './library/library.ts';
import { applied, described, fieldsOf, isGetting, isInside, libraryValue } from './names.ts';
import type { At } from './notes.ts';
import { methodIn } from './protocols.ts';
import { changedForGood } from './store.ts';
import type { Text } from './text.ts';
import {
  absorb,
  allNodesOf,
  atKey,
  classValue,
  either,
  type HeapObject,
  isWhole,
  keyOf,
  knownOf,
  knownText,
  type OwnClass,
  objectsOf,
  orOther,
  type Thing,
  textValue,
  thingValue,
  unknown,
  type Value,
} from './value.ts';

/** `a.b = value` */
export function setMember(
  engine: Engine,
  place: Node,
  of: Value,
  name: string | undefined,
  given: Value,
  frame: Invocation,
): void {
  const isOnly = of.texts.length === 1 && of.things.length === 0 && !of.isOpen;
  for (const text of of.texts) setPart(engine, place, isOnly, text, name, given, frame);
  engine.each(of, frame, (thing) => setMemberOf(engine, place, thing, name, given, frame));
}

function setMemberOf(
  engine: Engine,
  place: Node,
  thing: Thing,
  name: string | undefined,
  given: Value,
  frame: Invocation,
): void {
  const accessor = accessorOf(thing, name, frame);
  if (accessor !== undefined) {
    const site = { node: place, frame };
    const isAny = accessor.name === anySetter;
    const args = isAny ? [name === undefined ? unknown : textValue(name), given] : [given];
    callValue(engine, site, accessor.callee, givenArgs(...args));
    return;
  }
  if (thing.is === 'class') engine.heap.set(thing.class, name ?? '*', given);
  if (thing.is === 'class' && engine.knowledge.isOpen && name !== undefined)
    addMethods(engine, thing.class, name, given);
  if (thing.is === 'module' && name !== undefined) thing.program.env?.set(name, given);
  if (thing.is === 'function' && name !== undefined)
    engine.heap.set(fieldsOf(engine, thing), name, given);
  if (thing.is === 'api' && engine.knowledge.isOpen && name !== undefined) {
    const written = `${thing.name}.${name}`;
    const full = engine.canonical(written);
    if (isPatch(engine, thing.name, full))
      engine.notes.trait(engine.at(frame, place, written), 'patch-builtin', written);
    if (applied(engine, place, frame, `${full}=`, thing, [given]) !== undefined) return;
    replace(engine, engine.at(frame, place, full), given);
    if (thing.name.endsWith('.prototype')) {
      changedForGood();
      engine.patched.add(name);
    }
  }
  if (thing.is === 'object' && thing.object.kind === 'list' && engine.knowledge.itemsAreMembers) {
    const api = `List#${name ?? '*'}=`;
    if (applied(engine, place, frame, api, thing, [given]) !== undefined) return;
  }
  if (thing.is === 'object') {
    const site = { node: place, frame };
    const self = thingValue(thing);
    const any = engine.knowledge.isOpen ? ownMethod(thing, '__setattr__') : undefined;
    if (any !== undefined && !isInside(any, frame))
      callValue(engine, site, any, givenArgs(textValue(name ?? ''), given));
    const usual =
      thing.object.class && name !== undefined && engine.knowledge.isOpen
        ? staticOf(thing.object.class, name)
        : undefined;
    if (usual !== undefined) described(engine, place, usual, '__set__', [self, given], frame);
    const getter = name === undefined ? undefined : ownMethod(thing, name);
    const set = (): void => setKey(engine, thing.object, name, given);
    // Where a getter is, nothing else may come in its place.
    if (getter !== undefined && isGetting(getter)) engine.perhaps(frame, set);
    else set();
  }
  if (thing.is === 'instance') {
    const api = `${thing.of}#${name ?? '*'}=`;
    if (applied(engine, place, frame, api, thing, [given]) !== undefined) return;
    // `process.env.X = value`
    const any = `${thing.of}#*=`;
    if (name !== undefined && api !== any) {
      const args = [textValue(name), given];
      if (applied(engine, place, frame, any, thing, args) !== undefined) return;
    }
    setKey(engine, thing.object, name, given);
    if (!engine.knowledge.isOpen) return;
    absorb(thing.object, allNodesOf([given]));
    const isHandler =
      /^on_?[a-z]/.test(name ?? '') && given.things.some(({ is }) => is === 'function');
    // What comes in over a connection, or from anywhere.
    const isConnected = engine.knowledge.callsBack && thing.object.openOn.length > 0;
    if (isHandler)
      applyRow(
        engine,
        {
          ...nothingGiven,
          at: engine.at(frame, place, name ?? ''),
          frame,
          args: [given],
          self: orOther(thingValue(thing)),
        },
        { effects: [isConnected ? { ...handed, isLater: true } : { does: 'receive' }] },
      );
  }
  if (thing.is === 'function' && name === '__code__') {
    const at = engine.at(frame, place, '__code__');
    engine.notes.trait(at, 'code-from-string', '__code__');
    engine.notes.sink(at, allNodesOf([given]), { what: 'exec', api: '__code__', part: 'code' });
  }
}

/** The member that gets each value for a member, with its name. */
export const anySetter = '*=';

// The function that gets what is given to a member, unless the member is set inside of it.
function accessorOf(
  thing: Thing,
  name: string | undefined,
  frame: Invocation,
): { readonly name: string; readonly callee: Value } | undefined {
  const ofClass =
    thing.is === 'class' && name !== undefined
      ? staticMethodOf(thing.class, `${name}=`, thingValue(thing))
      : undefined;
  const names = name === undefined ? [anySetter] : [`${name}=`, anySetter];
  const [found] = names.flatMap((one) => {
    const callee = methodIn(thing, one);
    return callee === undefined ? [] : [{ name: one, callee }];
  });
  const accessor = ofClass === undefined ? found : { name: `${name}=`, callee: ofClass };
  return accessor !== undefined && isInside(accessor.callee, frame) ? undefined : accessor;
}

// A part of a text that may be changed, as the host of an address.
function setPart(
  engine: Engine,
  place: Node,
  isOnly: boolean,
  text: Text,
  name: string | undefined,
  given: Value,
  frame: Invocation,
): void {
  const nodes = allNodesOf([given]);
  const row = rowFor(engine, `Text#${name ?? ''}=`);
  if (row === undefined) {
    text.carry(nodes);
    return;
  }
  const at = engine.at(frame, place, name ?? '');
  const call = { ...nothingGiven, args: [given], at, frame, self: textValue(text) };
  const [made] = applyRow(engine, call, row).texts;
  if (made === undefined || !isOnly || !engine.isSure) text.overwrite(nodes);
  else text.become(made);
}

/** Puts something in place of a name of the library: what was there may be known elsewhere, too. */
export function replace(engine: Engine, at: At, given: Value): void {
  const all = either([given, ...present(libraryValue(engine, at))]);
  engine.heap.set(engine.globals, at.api, all);
}

// Whether other code calls what is put in place of a function of the library.
function isPatch(engine: Engine, of: string, member: string): boolean {
  const { patched, powerful } = engine.knowledge;
  if (patched === undefined) return powerful?.test(of) === true;
  const effects = rowFor(engine, member)?.effects ?? [];
  const isUsed = effects.some(({ does }) => !/^(output|input|observe|fill|call)$/.test(does));
  return isUsed || patched.test(member);
}

const handed = { does: 'call', callee: 0, given: ['self'] } as const;

// Functions that a class is given are its methods; `A.prototype = { … }` gives several.
function addMethods(engine: Engine, of: OwnClass, name: string, given: Value): void {
  if (name === 'prototype') inherit(engine, classValue(of), given);
  if (name === 'prototype')
    for (const { fields } of objectsOf(given))
      for (const [key, value] of fields) addMethods(engine, of, key, value);
  addMethod(engine, of, name, given);
}

/** `a[key] = value`; without a key, behind the last item. */
export function setItem(
  engine: Engine,
  place: Node,
  of: Value,
  key: Value | undefined,
  given: Value,
  frame: Invocation,
): void {
  for (const text of of.texts) {
    const byte = engine.isSure ? byteOf(given) : undefined;
    const at = key === undefined ? undefined : knownOf(key);
    const nodes = allNodesOf([given]);
    const isPlace = byte !== undefined && typeof at === 'number';
    if (isPlace) text.overwrite(nodes, at, letterOf(byte));
    else text.overwrite(nodes);
    if (isPlace) engine.heap.computed += 1;
  }
  const written = key === undefined ? undefined : knownText(key);
  if (written !== undefined && engine.knowledge.itemsAreMembers) {
    setMember(engine, place, of, written, given, frame);
    return;
  }
  // Nobody sees where what runs code is used then.
  if (engine.knowledge.itemsAreMembers && key !== undefined && keyOf(key) === undefined)
    noteHandedOn(engine, { node: place, frame }, 'stored', {
      ...nothingGiven,
      args: [given],
    });
  engine.each(of, frame, (thing) => {
    const api =
      thing.is === 'instance' ? `${thing.of}#[]=` : thing.is === 'api' ? `${thing.name}.[]=` : '';
    const args = key === undefined ? [given] : [key, given];
    const isApplied = applied(engine, place, frame, api, thing, args) !== undefined;
    const name = key === undefined ? undefined : keyOf(key);
    if (thing.is === 'module' && name !== undefined) thing.program.env?.set(name, given);
    const setter = engine.knowledge.isOpen ? ownMethod(thing, '__setitem__') : undefined;
    if (setter !== undefined) {
      const site = { node: place, frame };
      callValue(engine, site, setter, givenArgs(key ?? unknown, given));
      return;
    }
    if (thing.is === 'instance' && engine.knowledge.isOpen)
      absorb(thing.object, allNodesOf([given]));
    if (!isApplied && (thing.is === 'object' || thing.is === 'instance')) {
      const { object } = thing;
      if (key === undefined) append(engine, object, given);
      else setKey(engine, object, indexIn(object, keyOf(key)), given);
    }
  });
}

/** Puts a value behind the last item of a list. */
export function append(engine: Engine, object: HeapObject, given: Value): void {
  if (object.kind === 'list') setKey(engine, object, String(object.length), given);
  else addRest(engine, object, given);
}

function setKey(engine: Engine, object: HeapObject, name: string | undefined, given: Value): void {
  const at = Number(name);
  const isBehind = object.kind === 'list' && at >= object.length && Number.isInteger(at);
  // Nobody knows which item is the last of a list whose end is not known.
  if (name === undefined || (isBehind && !isWhole(object))) {
    addRest(engine, object, given);
    if (object.kind === 'list') replaceAny(engine, object, given);
    return;
  }
  if (isBehind) engine.heap.reshape(object, { length: at + 1 });
  const isTyped = !engine.knowledge.itemsAreMembers;
  engine.heap.set(object, name, atKey(object, name, given, isTyped));
}

/** Items of a list whose places are kept where any of them may have been replaced. */
const placedMax = 64;

// Any item of a list may be another one now.
function replaceAny({ heap }: Engine, object: HeapObject, given: Value): void {
  const items = [...object.held];
  if (items.length <= placedMax) {
    for (const [key, item] of items) heap.set(object, key, either([item, given]));
    return;
  }
  for (const [key] of items) heap.delete(object, key);
  const rest = either([...items.map(([, item]) => item), given]);
  heap.reshape(object, { rest: orOther(rest), length: 0, isPartial: true });
}

/** Something more that an object may hold. */
export function addRest(engine: Engine, object: HeapObject, given: Value): void {
  const { rest } = object.shape;
  engine.heap.reshape(object, { rest: rest === undefined ? given : either([rest, given]) });
}
