/** Methods of the skill's objects that the language, or a library, calls by itself. */

import type { Node } from '../ir/ir.ts';
import { type CallSite, callValue, type Given, nothingGiven } from './calls.ts';
import { ownMethod } from './classes.ts';
import type { Engine, Invocation } from './interpret.ts';
import { compute } from './library/library.ts';
import { listOfAny } from './library/lists.ts';
import { withReceiver } from './methods.ts';
import { memberNode, memberOf } from './names.ts';
import { Text } from './text.ts';
import {
  allNodesOf,
  contentsOf,
  dataOf,
  either,
  instanceValue,
  newObject,
  objectsOf,
  type Thing,
  textValue,
  thingValue,
  type Value,
  withNodes,
} from './value.ts';

/** A method of a class of the skill, or a function that an object holds, with its object. */
export function methodIn(thing: Thing, name: string): Value | undefined {
  if (thing.is !== 'object' && thing.is !== 'instance') return undefined;
  const method = ownMethod(thing, name);
  if (method !== undefined) return method;
  const field = thing.object.field(name);
  const isFunction = field?.things.some(({ is }) => is === 'function' || is === 'bound');
  return field !== undefined && isFunction ? withReceiver(field, thingValue(thing)) : undefined;
}

function results(
  engine: Engine,
  site: CallSite,
  of: Value,
  names: readonly string[],
): readonly Value[] {
  const given = engine.each(of, site.frame, (thing) => {
    const method = names.map((name) => methodIn(thing, name)).find((one) => one !== undefined);
    return method === undefined ? [] : [callValue(engine, site, method, nothingGiven)];
  });
  return given.flat();
}

/**
 * What the methods of the skill give that say an object as a text; a function may be shown as it is
 * written.
 */
export function shownBy(engine: Engine, site: CallSite, value: Value): Value | undefined {
  const { shownNames = [], showsFunctions } = engine.knowledge;
  const shown = engine.each(value, site.frame, (thing): readonly Value[] => {
    const given = results(engine, site, thingValue(thing), shownNames);
    return given.length === 0 && showsFunctions ? writtenAs(thing) : given;
  });
  if (shown.every(({ length }) => length === 0)) return undefined;
  const others = { ...value, things: value.things.filter((_, at) => shown[at]?.length === 0) };
  const { things, texts, scalars, isOpen } = others;
  const isMore = isOpen || things.length + texts.length + scalars.length > 0;
  return withNodes(either([...shown.flat(), ...(isMore ? [others] : [])]), value.nodes);
}

/** A value as a text says it: the language may have words of its own for nothing and for truth. */
export function inWords({ knowledge: { words = {} } }: Engine, value: Value): Value {
  const said = value.scalars.flatMap((scalar) => words[String(scalar)] ?? []);
  if (said.length === 0) return value;
  const scalars = value.scalars.filter((scalar) => !words[String(scalar)]);
  return { ...value, scalars, texts: [...value.texts, ...said.map((word) => Text.of(word))] };
}

function writtenAs(thing: Thing): readonly Value[] {
  if (thing.is !== 'function') return [];
  const { start, end } = thing.func;
  return [textValue(thing.program.source.text.slice(start, end), start)];
}

/** What an object of the skill gives one by one. */
export function nextOf(
  engine: Engine,
  node: Node,
  value: Value,
  frame: Invocation,
): readonly Value[] {
  const { nextName } = engine.knowledge;
  if (nextName === undefined) return [];
  return results(engine, { node, frame }, value, [nextName]);
}

/** Whether an object of the skill gives one by one what it holds. */
export function isListed({ knowledge }: Engine, thing: Thing): boolean {
  return knowledge.iteration?.names.some((one) => methodIn(thing, one) !== undefined) === true;
}

/** What a loop goes through when it goes through a value. */
export function iterated(engine: Engine, node: Node, value: Value, frame: Invocation): Value {
  const { iteration } = engine.knowledge;
  if (iteration === undefined || value.things.length === 0) return value;
  const site = { node, frame };
  const found = engine.each(value, frame, (thing): Value => {
    const method = iteration.names.map((name) => methodIn(thing, name)).find((one) => one);
    if (method !== undefined) {
      const made = callValue(engine, site, method, nothingGiven);
      const items = nextOf(engine, node, made, frame).map((one) =>
        memberOf(engine, memberNode(node, iteration.value), one, iteration.value, frame),
      );
      return items.length === 0 ? made : anyNumberOf(either(items));
    }
    const isMap = thing.is === 'object' && thing.object.kind === 'record';
    return isMap ? compute('entries', [thingValue(thing)]) : thingValue(thing);
  });
  const others = { ...value, things: [] };
  const isMore = value.isOpen || value.texts.length > 0;
  return withNodes(either([...(isMore ? [others] : []), ...found]), value.nodes);
}

/** A list of any number of items like this one, with their data. */
export function anyNumberOf(item: Value): Value {
  return withNodes(listOfAny(item), allNodesOf([item]));
}

/**
 * A library calls methods of the objects that it is given: what these give goes with the object.
 */
export function askProtocols(engine: Engine, site: CallSite, given: Given): void {
  const { protocols = [] } = engine.knowledge;
  const parts = partsOf(engine, [...given.args, ...given.named.values()], 0);
  for (const thing of new Set(parts.flatMap(({ things }) => things))) {
    if (thing.is !== 'object' || engine.handed.has(thing.object)) continue;
    const methods = protocols.flatMap((name) => methodIn(thing, name) ?? []);
    if (methods.length > 0) engine.handed.add(thing.object);
    for (const method of methods) {
      const handed = newObject('object');
      const arg = instanceValue('object', handed);
      const args = { ...nothingGiven, args: [arg, arg], isAnything: true } as const;
      const made = callValue(engine, site, method, args);
      const nodes = [...allNodesOf([made]), ...(handed.rest?.nodes ?? [])];
      if (nodes.length > 0)
        thing.object.rest = dataOf([...nodes, ...(thing.object.rest?.nodes ?? [])]);
    }
    engine.handed.delete(thing.object);
  }
}

/** Lists and records inside one another whose items are asked, and how many items of each. */
const askedMax = 3;
const partsMax = 64;

// The values, and what their lists and records hold.
function partsOf(engine: Engine, values: readonly Value[], depth: number): readonly Value[] {
  if (!engine.knowledge.callsBack || depth >= askedMax) return values;
  const inner = objectsOf(either(values)).flatMap((one) =>
    one.kind === 'object' ? [] : contentsOf(one).slice(0, partsMax),
  );
  return inner.length === 0 ? values : [...values, ...partsOf(engine, inner, depth + 1)];
}
