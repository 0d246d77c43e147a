/** Lists, records and arguments, which are made of parts. */

import type { Arg, NodeOf, Spread } from '../ir/ir.ts';
import type { Given } from './calls.ts';
import { wholeEnvironment } from './effects/effects.ts';
import type { Engine, Invocation } from './interpret.ts';
import { compute } from './library/library.ts';
import { isEnvironment, isGetter, memberNode, memberOf } from './names.ts';
import { iterated } from './protocols.ts';
import {
  allNodesOf,
  atKey,
  dataOf,
  either,
  itemsHeld,
  itemsOf,
  keyOf,
  knownText,
  listValue,
  newObject,
  objectsOf,
  objectValue,
  orOther,
  partOf,
  thingValue,
  type Value,
  withNodes,
} from './value.ts';

/** Ways to take apart lists that are given item by item, where it may be one list or another. */
const waysMax = 4;

/** What a call is given, after all that its arguments do. */
export function givenBy(
  engine: Engine,
  { args = [] }: { readonly args?: readonly Arg[] },
  frame: Invocation,
): Given {
  let ways: Value[][] = [[]];
  const add = (...lists: readonly (readonly Value[])[]): void => {
    ways = waysWith(ways, lists, waysMax);
  };
  const named = new Map<string, Value>();
  const spread: Value[] = [];
  for (const arg of args) {
    const whole = engine.evaluate(arg.value, frame);
    const value = arg.spread ? iterated(engine, arg.value, whole, frame) : whole;
    engine.spend(itemsHeld(value));
    const lists = arg.spread ? listsIn(engine, value) : undefined;
    const isPlain = !engine.knowledge.isOpen || value.things.every(({ is }) => is !== 'instance');
    const [object, ...more] = arg.spread && isPlain ? objectsOf(value) : [];
    const isRecord = object?.kind === 'record' && more.length === 0;
    if (lists !== undefined)
      add(...lists.map((items) => items.map((one) => withNodes(one, value.nodes))));
    else if (isRecord && (!value.isOpen || (engine.knowledge.isOpen && object.fields.size > 0))) {
      for (const [name, one] of object.fields) {
        const given = withNodes(one, value.nodes);
        named.set(name, value.isOpen ? orOther(given) : given);
      }
      if (object.rest !== undefined) spread.push(value);
    } else if (arg.spread) spread.push(value);
    else if (arg.name !== undefined) named.set(arg.name, value);
    else add([value]);
  }
  const [first = [], ...others] = ways;
  const given = { args: first, named, spread };
  return others.length === 0
    ? given
    : { ...given, others: others.map((way) => ({ ...given, args: way })) };
}

// The lists that a value may be, with all of their items.
function listsIn(engine: Engine, value: Value): readonly (readonly Value[])[] | undefined {
  const items = itemsOf(value);
  if (items !== undefined) return [items];
  const isOne = value.texts.length === 0 && value.things.length <= waysMax;
  if (!engine.knowledge.isOpen || !isOne || value.things.length === 0) return undefined;
  const lists = value.things.map((thing) => itemsOf(thingValue(thing)));
  return lists.every((one) => one !== undefined) ? lists : undefined;
}

/** A list that is written with its items. */
export function listOf(engine: Engine, { items }: NodeOf<'list'>, frame: Invocation): Value {
  let ways: Value[][] = [[]];
  // What stands behind items whose number is not known has no place.
  const loose: Value[] = [];
  let isGrown = false;
  for (const item of items) {
    const whole = engine.evaluate(isSpread(item) ? item.spread : item, frame);
    const value = isSpread(item) ? iterated(engine, item.spread, whole, frame) : whole;
    const lists = isSpread(item) ? (listsIn(engine, value) ?? lettersOf(engine, value)) : [[value]];
    isGrown ||= lists === undefined;
    if (isGrown) loose.push(...(lists?.flat() ?? [partOf(value)]));
    else ways = waysWith(ways, lists ?? [], waysMax);
  }
  const nodes = allNodesOf(loose);
  return either(ways.map((way) => withNodes(listValue(way, loose), nodes)));
}

/** Lists, each with one of several lists behind it; as many of them as are kept. */
export function waysWith(
  ways: Value[][],
  lists: readonly (readonly Value[])[],
  most: number,
): Value[][] {
  const [list, ...others] = lists;
  if (list === undefined || others.length > 0)
    return ways.flatMap((one) => lists.map((items) => [...one, ...items])).slice(0, most);
  for (const way of ways) for (const item of list) way.push(item);
  return ways;
}

function lettersOf({ knowledge }: Engine, value: Value): readonly (readonly Value[])[] | undefined {
  const isText = knowledge.isOpen && value.nodes.length === 0 && knownText(value) !== undefined;
  const letters = isText ? itemsOf(compute('letters', [value])) : undefined;
  return letters && [letters];
}

/** A record that is written with its entries. */
export function recordOf(engine: Engine, node: NodeOf<'record'>, frame: Invocation): Value {
  const { entries } = node;
  const object = newObject('record');
  // `{ ...fs }` has what the module has.
  const modules: Value[] = [];
  for (const entry of entries) {
    if (isSpread(entry)) {
      const value = engine.evaluate(entry.spread, frame);
      const all = objectsOf(value);
      for (const thing of value.things) if (thing.is === 'api') modules.push(thingValue(thing));
      // `{ ...process.env }`
      const [of] = value.things.filter((thing) => isEnvironment(engine, thing));
      if (of?.is === 'instance')
        object.rest = wholeEnvironment(engine, engine.at(frame, node, of.of));
      for (const { fields, rest, base, isPartial } of all) {
        if (base !== undefined) object.base = base;
        const isOnly =
          !isPartial && all.length === 1 && !value.isOpen && value.scalars.length === 0;
        for (const [key, one] of fields) {
          const held = one.things.some(isGetter)
            ? memberOf(engine, memberNode(node, key), value, key, frame)
            : one;
          const before = isOnly ? undefined : object.fields.get(key);
          object.put(key, before === undefined ? held : either([before, held]));
        }
        if (rest !== undefined && engine.knowledge.isOpen)
          object.rest = object.rest === undefined ? rest : either([object.rest, rest]);
      }
      const isLibrary = value.things.some(({ is }) => is === 'api');
      if (isLibrary && engine.knowledge.itemsAreMembers) object.base = value;
      else if (all.length === 0) object.rest = value;
      // A record, or data of which nothing is known.
      else if (value.nodes.length > 0 && engine.knowledge.isOpen)
        object.rest = either([...(object.rest ? [object.rest] : []), dataOf(value.nodes)]);
      continue;
    }
    const key = engine.evaluate(entry.key, frame);
    const value = engine.evaluate(entry.value, frame);
    const name = keyOf(key);
    const isTyped = !engine.knowledge.itemsAreMembers;
    if (name !== undefined) object.put(name, atKey(object, name, value, isTyped));
    else {
      // Whoever goes through the entries gets the keys as well.
      const keys = key.nodes.length > 0 && engine.knowledge.isOpen ? [dataOf(key.nodes)] : [];
      object.rest = either([...(object.rest ? [object.rest] : []), value, ...keys]);
    }
  }
  const record = objectValue(object);
  return modules.length === 0 ? record : either([record, ...modules]);
}

function isSpread(one: object): one is Spread {
  return 'spread' in one;
}
