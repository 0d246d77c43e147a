/** `a[key]`: items of lists, entries of records, letters of texts, and members by texts. */

import { present } from '../fact/remembered.ts';
import type { Node } from '../ir/ir.ts';
import { callValue, givenArgs } from './calls.ts';
import { ownMethod } from './classes.ts';
import type { Engine, Invocation } from './interpret.ts';
import {
  applied,
  hasMembers,
  isEnvironment,
  isGetter,
  memberByText,
  memberIn,
  memberNode,
  memberOf,
  moduleMember,
  nodesIn,
  noteReaching,
  noteUnnamed,
  partOfModule,
  type ThingOf,
} from './names.ts';
import { isListed, iterated } from './protocols.ts';
import type { Text } from './text.ts';
import {
  allNodesOf,
  apiValue,
  either,
  fieldOf,
  type HeapObject,
  isWhole,
  isWritten,
  itemsOf,
  keyOf,
  listValue,
  nil,
  objectsOf,
  orOther,
  partOf,
  type Thing,
  textsOf,
  textValue,
  thingValue,
  unknown,
  type Value,
  withNodes,
} from './value.ts';

/** `a[key]` */
export function itemAt(
  engine: Engine,
  node: Node,
  of: Value,
  key: Value | undefined,
  frame: Invocation,
): Value {
  const places = key === undefined ? undefined : itemsOf(key);
  if (places !== undefined && places.length > 0)
    return listValue(places.map((place) => itemAt(engine, node, of, place, frame)));
  const name = key === undefined ? undefined : keyOf(key);
  // Templates have members as items.
  for (const { whole } of key?.texts ?? []) noteReaching(engine, node, of, whole, frame);
  const found = engine.each(of, frame, (thing) => itemIn(engine, node, thing, key, frame)).flat();
  const texts = of.texts.flatMap((text) => letterAt(text, name));
  const parts = [...found, ...texts.map((text) => textValue(text))];
  // What stands behind the end of a text is an empty text, or nothing.
  if (texts.some(({ length }) => length === 0)) parts.push(nil);
  if (
    name !== undefined &&
    of.things.length > 0 &&
    of.things.every((one) => isEnvironment(engine, one))
  )
    return either(parts);
  const data = { ...of, things: of.things.filter((thing) => thing.is !== 'object') };
  const part = parts.length === 0 ? partOf(of) : either(parts);
  const isUnread = texts.length > 0 && texts.length < of.texts.length;
  const isOther = parts.length > 0 && (isUnread || mayBeOther(engine, of));
  return withNodes(isOther ? orOther(part) : part, allNodesOf([data]));
}

/** Whether parts of a value may be others than are known; what the skill holds is known. */
export function mayBeOther({ notes }: Engine, { isOpen, nodes }: Value): boolean {
  if (!isOpen || nodes.length === 0) return isOpen;
  return notes.isFromElsewhere(nodes);
}

// What one of the things that a value may be has at a key.
function itemIn(
  engine: Engine,
  node: Node,
  thing: Thing,
  key: Value | undefined,
  frame: Invocation,
): Value[] {
  const { isOpen } = engine.knowledge;
  const name = key === undefined ? undefined : keyOf(key);
  const args = present(key);
  const owner =
    thing.is === 'instance'
      ? `${thing.of}#`
      : thing.is === 'api'
        ? `${thing.name}.`
        : thing.is === 'function'
          ? 'Function#'
          : undefined;
  const listed = listedIn(engine, node, thing, name, frame);
  if (listed !== undefined) return [listed];
  if (engine.knowledge.itemsAreMembers && name !== undefined && isMember(thing, name)) {
    const found = memberIn(engine, memberNode(node, name), thing, name, frame);
    // A name that is written where it is asked for is a member already.
    const isBuilt = thing.is === 'api' || (key !== undefined && !isWritten(key));
    return isBuilt && key?.scalars.length === 0
      ? found.map((one) => ({ ...one, isFolded: true }))
      : found;
  }
  const given =
    owner === undefined ? undefined : applied(engine, node, frame, `${owner}[]`, thing, args);
  if (given !== undefined) return [given];
  if (thing.is === 'api')
    return isOpen && key !== undefined ? [itemOfApi(engine, node, thing, key, frame)] : [];
  if (thing.is === 'module') {
    if (name === undefined) return [partOfModule(thing.program)];
    const member = moduleMember(engine, thing.program, name) ?? builtinValue(name);
    return [key === undefined || isWritten(key) ? member : { ...member, isFolded: true }];
  }
  if (thing.is === 'instance' && isOpen) {
    const field = name === undefined ? undefined : thing.object.fields.get(name);
    // What a call gives as a pair has the methods of its parts.
    const isPair = /^\d$/.test(name ?? '') && hasMembers(engine, thing.of);
    const part = {
      ...thingValue(isPair ? thing : { ...thing, of: `${thing.of}[]` }),
      nodes: nodesIn(thing.object),
    };
    return [field === undefined ? part : either([field, part])];
  }
  if (thing.is !== 'object' && thing.is !== 'instance') return [];
  const { object } = thing;
  const getter = isOpen ? ownMethod(thing, '__getitem__') : undefined;
  if (getter !== undefined) {
    const site = { node, frame };
    return [callValue(engine, site, getter, givenArgs(...args))];
  }
  // One of those that are there, or nothing.
  const isAny = name === undefined && object.fields.size > 0 && isWhole(object);
  if (isAny && engine.knowledge.callsBack) return [either([...object.fields.values(), nil])];
  const item = fieldOf(object, indexIn(object, name));
  if (item !== undefined && name !== undefined) engine.heap.takes(item);
  return [item ?? unknown];
}

// An item of what an object of the skill gives one by one, or of the entries of a map.
function listedIn(
  engine: Engine,
  node: Node,
  thing: Thing,
  name: string | undefined,
  frame: Invocation,
): Value | undefined {
  const { iteration } = engine.knowledge;
  if (iteration === undefined || thing.is !== 'object' || !/^\d+$/.test(name ?? ''))
    return undefined;
  const { isMap, fields, kind } = thing.object;
  if (!(isMap || isListed(engine, thing)) || kind === 'list' || fields.has(name ?? ''))
    return undefined;
  const list = iterated(engine, node, thingValue(thing), frame);
  const items = objectsOf(list).flatMap((one) => fieldOf(one, name) ?? []);
  return withNodes(items.length === 0 ? unknown : either(items), list.nodes);
}

// What is no item of a list, nor an entry of a record.
function isMember(thing: Thing, name: string): boolean {
  if (thing.is !== 'object') return /^(api|class|function|bound)$/.test(thing.is);
  const field = thing.object.fields.get(name);
  return field === undefined ? thing.object.class !== undefined : field.things.some(isGetter);
}

// `vars(os)["system"]`
function itemOfApi(
  engine: Engine,
  node: Node,
  thing: ThingOf<'api'>,
  key: Value,
  frame: Invocation,
): Value {
  const name = keyOf(key);
  const of = thingValue(thing);
  if (name === undefined && key.texts.length > 1 && textsOf(key).every(({ isKnown }) => isKnown))
    return memberByText(engine, node, of, key, frame);
  const value = memberOf(engine, memberNode(node, name ?? '*'), of, name, frame);
  if (name === undefined) noteUnnamed(engine, node, thing.name, key, frame);
  return isWritten(key) ? value : { ...value, isFolded: true };
}

// `-1` is the last item of a list.
export function indexIn(object: HeapObject, name: string | undefined): string | undefined {
  const at = Number(name);
  if (object.kind !== 'list' || !(at < 0)) return name;
  return isWhole(object) ? String(object.length + at) : undefined;
}

function letterAt(text: Text, name: string | undefined): readonly Text[] {
  const at = Number(name);
  if (name === undefined || !Number.isInteger(at) || !text.isKnown) return [];
  const from = at < 0 ? text.whole.length + at : at;
  return [text.slice(from, from + 1)];
}

// `globals()` leads to the names of the language, too.
function builtinValue(name: string): Value {
  return apiValue(name === '__builtins__' ? 'builtins' : name);
}
