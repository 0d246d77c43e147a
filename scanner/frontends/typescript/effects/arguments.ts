/** The arguments of a call, where a spread list may be one of several. */
import type { ts } from 'ts-morph';
import type { ArgOf } from '../../../knowledge/row.ts';
import type { GivenArgument } from '../syntax.ts';
import type { Evaluator } from '../values/evaluator.ts';
import {
  alternatives,
  type Frame,
  type JsValue,
  listItemsMax,
  text,
  unionOf,
  unknown,
} from '../values/values.ts';

/**
 * Values and, where there is one, the expression of each argument. An item of a spread list without
 * an expression of its own has that of the list.
 */
export type Args = readonly Argument[];

interface Argument {
  readonly value: JsValue;
  readonly node: ts.Expression | undefined;
}

/**
 * A spread list that may be one of several makes as many ways to call, as long as these are few.
 */
export function waysOfArguments(
  self: Evaluator,
  list: readonly GivenArgument[],
  frame: Frame,
): readonly Args[] {
  let ways: Argument[][] = [[]];
  for (const [at, { node, isList }] of list.entries()) {
    // A parameter that takes the rest gets a list that is too long, so it is unknown.
    if (ways.every((given) => given.length > listItemsMax)) break;
    const next = isList
      ? waysOfList(self.valueOf(node, frame), node, {
          max: waysMax / ways.length,
          isLast: at === list.length - 1,
        })
      : [[{ value: self.valueOf(node, frame), node }]];
    const [only, ...others] = next;
    // A copy of each way for each argument would cost the square of the number of arguments.
    if (only !== undefined && others.length === 0) for (const way of ways) way.push(...only);
    else ways = ways.flatMap((before) => next.map((given) => [...before, ...given]));
  }
  return ways.map((given) =>
    given.length > listItemsMax
      ? [...given.slice(0, listItemsMax), { value: unknown, node: undefined }]
      : given,
  );
}

const waysMax = 8;

/**
 * The items of a list as arguments. A list that may be one of several makes as many ways; of more
 * than `max` lists, each place has the items of all of them.
 */
export function waysOfList(
  list: JsValue,
  node: ts.Expression | undefined,
  { max = waysMax, isLast = true }: { readonly max?: number; readonly isLast?: boolean } = {},
): readonly Args[] {
  const lists = alternatives(list);
  if (lists.length <= max) return lists.map((one) => itemsOf(one, node, isLast));
  return [mergedItems(lists).map((value) => ({ value, node }))];
}

function itemsOf(list: JsValue, node: ts.Expression | undefined, isLast: boolean): Args {
  // Arguments behind the list have no known positions.
  if (list.kind === 'growing' && isLast)
    return [...list.items, unknown].map((value) => ({ value, node }));
  return list.kind === 'array'
    ? list.items.map((value, i) => ({ value, node: list.nodes?.[i] ?? node }))
    : [{ value: unknown, node }];
}

// Of several lists, each place has the items of all lists there, as long as these are few.
function mergedItems(lists: readonly JsValue[]): readonly JsValue[] {
  const known = lists.filter((list) => list.kind === 'array').map(({ items }) => items);
  const others = known.length < lists.length ? [unknown] : [];
  const length = Math.max(others.length, ...known.map((items) => items.length));
  if (known.length > mergedListsMax || length > mergedItemsMax) return [unknown];
  return Array.from({ length }, (_, i) =>
    unionOf([...known.flatMap((items) => items[i] ?? []), ...others]),
  );
}

const mergedListsMax = 64;
const mergedItemsMax = 8;

/** The position at which a row finds an argument; -1 where it has none. */
export function positionOf(of: ArgOf | undefined): number {
  if (typeof of !== 'object') return typeof of === 'number' ? of : -1;
  return of.at ?? of.rest ?? -1;
}

/** What a call is given for an argument of a row. */
export function argumentOf(args: Args, of: ArgOf | undefined): Argument | undefined {
  const fixed = typeof of === 'object' ? of.text : undefined;
  return (
    args[positionOf(of)] ??
    (fixed === undefined ? undefined : { value: text(fixed), node: undefined })
  );
}
