/** What calls give that go through the items of a list, and what promises hold. */

import { boundCall, callValue, givenArgs } from '../calls.ts';
import type { Engine } from '../interpret.ts';
import { truthOf } from '../library/library.ts';
import { listOfAny } from '../library/lists.ts';
import { anyNumberOf } from '../protocols.ts';
import {
  allNodesOf,
  apiValue,
  contentsOf,
  either,
  instanceValue,
  itemsOf,
  listValue,
  newObject,
  objectsOf,
  partOf,
  recordValue,
  unknown,
  type Value,
  withNodes,
} from '../value.ts';
import { entriesOf } from './callbacks.ts';
import { type ApiCall, siteOf } from './effects.ts';
import type { Made } from './results.ts';

/** What a function gave for each item. */
export function mapped(engine: Engine, { self, args }: ApiCall, [made = unknown]: Made): Value {
  const over = self ?? args[0] ?? unknown;
  const isWhole =
    entriesOf(engine, over, self === undefined) !== undefined && itemsOf(made) !== undefined;
  // Which item it was may say as much.
  return isWhole ? made : withNodes(anyNumberOf(made), allNodesOf([over]));
}

/** The items of the lists that a function gave for each item. */
export function flatMapped(engine: Engine, call: ApiCall, made: Made): Value {
  const items = itemsOf(mapped(engine, call, made));
  if (items === undefined) return anyNumberOf(partOf(made[0] ?? unknown));
  const inner = items.map((one) => itemsOf(one) ?? (mayBeList(one) ? undefined : [one]));
  return inner.every((one) => one !== undefined)
    ? listValue(inner.flat())
    : anyNumberOf(either(items.map((one, at) => (inner[at] === undefined ? partOf(one) : one))));
}

function mayBeList(value: Value): boolean {
  return value.isOpen || objectsOf(value).some(({ kind }) => kind === 'list');
}

/** The items of a list for which a function holds. */
export function filtered(
  { knowledge }: Engine,
  { self = unknown, args: [test] }: ApiCall,
  made: Made,
): Value {
  const items = itemsOf(self);
  const held = itemsOf(made[0] ?? unknown);
  // What is left out where nothing stands in its place.
  const isPlain = test?.things.some((one) => one.is === 'api' && one.name === 'Boolean') === true;
  if (items === undefined || (held === undefined && !isPlain))
    return objectsOf(self).length === 0 ? { ...unknown, nodes: allNodesOf([self]) } : self;
  const truths = items.map((item, at) =>
    truthOf(isPlain ? item : (held?.[at] ?? unknown), knowledge),
  );
  const kept = items.filter((_, at) => truths[at] !== false);
  if (isPlain || truths.every((one) => one !== undefined))
    return listValue(kept.map((one) => (isPlain ? withoutFalse(one) : one)));
  return listOfAny(either(kept));
}

function withoutFalse(value: Value): Value {
  return {
    ...value,
    texts: value.texts.length > 1 ? value.texts.filter(({ whole }) => whole !== '') : value.texts,
    scalars: value.scalars.filter(Boolean),
  };
}

/** One of the items for which a function holds. */
export function found(engine: Engine, call: ApiCall, made: Made): Value {
  const list = filtered(engine, call, made);
  const items = itemsOf(list);
  const [first] = items ?? [];
  return items?.length === 1 && first !== undefined ? first : partOf(list);
}

/** What a function hands to the function that it gets: `new Promise((resolve) => …)`. */
export function promised(engine: Engine, call: ApiCall): Value {
  const { promise, resolve, reject } = pending();
  const [executor = unknown] = call.args;
  const made = callValue(engine, siteOf(call), executor, givenArgs(resolve, reject));
  const held = objectsOf(promise).flatMap(contentsOf);
  // What is kept may be called later.
  return held.length === 0 ? withNodes(promise, made.nodes) : either(held);
}

/** A promise with the functions that settle it: `Promise.withResolvers()`. */
export function resolvers(): Value {
  return recordValue(Object.entries(pending()));
}

function pending(): { readonly promise: Value; readonly resolve: Value; readonly reject: Value } {
  const object = newObject('object');
  const promise = {
    ...instanceValue('Promise', object),
    isOpen: true,
  };
  const callee = apiValue('resolve()');
  const given = givenArgs(promise);
  const reject = apiValue('reject()');
  return { promise, resolve: boundCall(callee, given), reject };
}
