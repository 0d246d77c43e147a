import { present } from '../../fact/remembered.ts';
import type { EffectOf, RowEffect } from '../../knowledge/row.ts';
import { append, setMember } from '../assigned.ts';
import { inherit } from '../classes.ts';
import type { Heap } from '../heap.ts';
import type { Engine } from '../interpret.ts';
import { numberOf } from '../library/cuts.ts';
import { type SortOrder, sortedList } from '../library/sorting.ts';
import {
  absorb,
  allNodesOf,
  contentsOf,
  dataOf,
  either,
  type HeapObject,
  isSame,
  isWhole,
  itemsOf,
  keyOf,
  knownOf,
  nil,
  objectsOf,
  orOther,
  partOf,
  thingValue,
  unknown,
  type Value,
} from '../value.ts';
import { type ApiCall, allGiven, argOf, siteOf } from './effects.ts';

export function fill(engine: Engine, call: ApiCall, { into, with: from }: EffectOf<'fill'>): void {
  const target = argOf(call, into);
  const found = argOf(call, from);
  // `list.push(...[])`
  if (found === undefined && call.spread.length === 0) return;
  const given = found ?? unknown;
  engine.each(target ?? unknown, call.frame, (thing) => {
    for (const object of objectsOf(thingValue(thing))) {
      append(engine, object, given);
      if (engine.knowledge.callsBack)
        for (const one of object.holds ?? []) absorb(one, allNodesOf([given]));
    }
  });
  for (const text of target?.texts ?? []) text.carry(allNodesOf([given]));
}

// Lists and records that are changed in place; gives what is taken out.
export function change(
  engine: Engine,
  call: ApiCall,
  { how, of = 'self', key, with: from }: Extract<RowEffect, { does: 'change' }>,
): Value {
  const given = from === undefined ? undefined : argOf(call, from);
  const at = key === undefined ? undefined : argOf(call, key);
  const target = argOf(call, of) ?? unknown;
  const name = at === undefined ? undefined : keyOf(at);
  if (how === 'inherit') {
    inherit(engine, target, given ?? unknown);
    return unknown;
  }
  // What is no list or record gets each member by itself.
  const others = { ...target, things: target.things.filter(({ is }) => is !== 'object') };
  const isOther = others.texts.length > 0 || others.things.length > 0;
  const parts = how === 'update' && isOther ? objectsOf(given ?? unknown) : [];
  for (const { fields } of engine.knowledge.callsBack ? parts : [])
    for (const [name, one] of fields)
      setMember(engine, siteOf(call).node, others, name, one, call.frame);
  const changeOne = (object: HeapObject): Value => {
    if (object.kind === 'list' && how !== 'delete') {
      const taken = changeList(engine, object, how, at, given);
      return taken ?? (how === 'extend' ? unknown : partly(contentsOf(object)));
    }
    if (how === 'update') {
      update(engine, object, given);
      for (const [name, one] of call.named) engine.heap.set(object, name, one);
      return unknown;
    }
    const one = name === undefined ? undefined : object.fields.get(name);
    if (how === 'default') return entryOr(engine, object, name, given ?? nil);
    if (name === undefined) engine.heap.reshape(object, { isPartial: true });
    else if (/^(pop|delete)$/.test(how)) engine.heap.delete(object, name);
    return one ?? partly(contentsOf(object));
  };
  const taken = engine
    .each(target, call.frame, (thing) => {
      // The library has its own again.
      if (thing.is === 'api' && how === 'delete' && name !== undefined)
        engine.heap.delete(engine.globals, engine.canonical(`${thing.name}.${name}`));
      return objectsOf(thingValue(thing)).map(changeOne);
    })
    .flat();
  return taken.length === 0 ? dataOf(allNodesOf(allGiven(call))) : either(taken);
}

// An entry of a record, which is set where it is not there.
function entryOr(
  { heap }: Engine,
  object: HeapObject,
  name: string | undefined,
  given: Value,
): Value {
  const one = name === undefined ? undefined : object.fields.get(name);
  if (one !== undefined && isWhole(object)) return one;
  const rest = present(object.rest);
  if (name === undefined) {
    const any = partly([...object.fields.values(), ...rest, given]);
    heap.reshape(object, { rest: partly([...rest, given]) });
    return any;
  }
  const known = [...present(one), ...rest];
  const value = known.length === 0 ? given : either([...known, given]);
  heap.set(object, name, value);
  return value;
}

function update(engine: Engine, object: HeapObject, given: Value | undefined): void {
  if (given === undefined) return;
  const { heap } = engine;
  const others = objectsOf(given);
  for (const { fields } of others) engine.spend(fields.size);
  const isPlain = others.length === 0 && !given.things.some(({ is }) => is === 'api');
  if (isPlain || engine.isExhausted) {
    addRest(heap, object, dataOf(allNodesOf([given])));
    return;
  }
  const isLibrary = given.things.some(({ is }) => is === 'api');
  if (isLibrary && engine.knowledge.itemsAreMembers) object.base = given;
  // Nobody knows what members an object of a library has.
  const isMade = given.things.some(({ is }) => is === 'instance');
  if (isMade && engine.knowledge.callsBack) addRest(heap, object, dataOf(allNodesOf([given])));
  for (const other of others) {
    for (const [name, one] of other.fields) {
      // A key that may be missing changes nothing then.
      const before = object.fields.get(name) ?? object.rest;
      const isOnly = others.length === 1 && !given.isOpen && given.scalars.length === 0;
      const isSure = (isOnly && !other.isPartial) || before === undefined;
      heap.set(object, name, isSure ? one : either([one, before]));
    }
    const rest = [other.rest, object.rest].filter((one) => one !== undefined);
    if (other.rest !== undefined) heap.reshape(object, { rest: partly(rest) });
    if (other.isPartial) heap.reshape(object, { isPartial: true });
  }
}

function addRest(heap: Heap, object: HeapObject, more: Value): void {
  heap.reshape(object, { rest: partly([more, ...(object.rest ? [object.rest] : [])]) });
}

function partly(values: readonly Value[]): Value {
  return values.length === 0 ? unknown : orOther(either(values));
}

function changeList(
  engine: Engine,
  object: HeapObject,
  how: Extract<RowEffect, { does: 'change' }>['how'],
  at: Value | undefined,
  given: Value | undefined,
): Value | undefined {
  const isMany = how === 'extend' || how === 'update' || how === 'sort';
  const added = isMany ? given && itemsOf(given) : given && [given];
  if (isWhole(object) && how === 'extend' && added !== undefined) {
    for (const one of added) append(engine, object, one);
    return undefined;
  }
  if (isWhole(object) && how === 'pop' && at === undefined && object.length > 0)
    return takeLast(engine, object);
  const { length, rest } = object.shape;
  engine.spend(length + (rest?.things.length ?? 0));
  // Putting something in uses nothing of what is there.
  const fields = how === 'extend' || how === 'insert' ? object.held : object.fields;
  const items = Array.from({ length }, (_, index) => fields.get(String(index)) ?? unknown);
  const answers = how === 'remove' && given ? items.map((item) => isSame(item, given)) : [];
  const found = answers.findIndex((is) => is !== false);
  const place =
    how === 'remove'
      ? answers[found] && found
      : at === undefined
        ? how === 'pop'
          ? items.length - 1
          : undefined
        : numberOf(knownOf(at));
  const index = typeof place === 'number' ? (place < 0 ? items.length + place : place) : undefined;
  const isTaken = how === 'pop' || (how === 'remove' && index !== undefined && index >= 0);
  let taken: Value | undefined;
  if (how === 'clear') {
    putItems(engine, object, []);
    engine.heap.reshape(object, { rest: undefined, isPartial: false });
    return undefined;
  }
  if (isWhole(object) && !engine.isExhausted) {
    if (how === 'insert' && index !== undefined && added) items.splice(index, 0, ...added);
    else if (isTaken && index !== undefined) [taken] = items.splice(index, 1);
    else if (how === 'reverse') items.reverse();
    else return loosen(engine, object, how, index, [...items, ...(added ?? partsOf(given))]);
    putItems(engine, object, items);
    return taken;
  }
  return loosen(engine, object, how, index, [...items, ...(added ?? partsOf(given))]);
}

function takeLast(engine: Engine, object: HeapObject): Value {
  const key = String(object.length - 1);
  const last = object.fields.get(key) ?? unknown;
  engine.heap.delete(object, key);
  engine.heap.reshape(object, { length: object.length - 1 });
  return last;
}

function partsOf(given: Value | undefined): readonly Value[] {
  return given === undefined ? [] : [partOf(given)];
}

// Nobody knows where the items are, but for the first, when something is put in behind them.
function loosen(
  engine: Engine,
  object: HeapObject,
  how: Extract<RowEffect, { does: 'change' }>['how'],
  index: number | undefined,
  items: readonly Value[],
): undefined {
  const keeps = how === 'sort' ? (index ?? 0) : how === 'insert' ? Math.min(index ?? 0, 1) : 0;
  const kept = items.slice(0, Math.max(0, Math.min(keeps, object.length)));
  const rest = partly([...items, ...present(object.shape.rest)]);
  putItems(engine, object, kept);
  engine.heap.reshape(object, { rest });
}

/** Sorts a list in its place. */
export function sortInPlace(engine: Engine, object: HeapObject, order: SortOrder): void {
  const list = sortedList({ ...unknown, isOpen: false, things: [{ is: 'object', object }] }, order);
  for (const { fields, rest } of objectsOf(list)) {
    putItems(engine, object, [...fields.values()]);
    engine.heap.reshape(object, { rest });
  }
}

function putItems(engine: Engine, object: HeapObject, items: readonly Value[]): void {
  items.forEach((one, index) => {
    if (object.held.get(String(index)) !== one) engine.heap.set(object, String(index), one);
  });
  for (let index = items.length; index < object.length; index += 1)
    engine.heap.delete(object, String(index));
  engine.heap.reshape(object, { length: items.length });
}
