/** The arguments of a call, where a spread list may be one of several. */
import { ts } from 'ts-morph';
import type { Evaluator } from '../values/evaluator.ts';
import {
  alternatives,
  type Frame,
  type JsValue,
  listItemsMax,
  unionOf,
  unknown,
} from '../values/values.ts';

/** Values and, where there is one, the expression of each argument. */
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
  list: readonly ts.Expression[],
  frame: Frame,
): readonly Args[] {
  let ways: Argument[][] = [[]];
  for (const [at, node] of list.entries()) {
    // A parameter that takes the rest gets a list that is too long, so it is unknown.
    if (ways.every((given) => given.length > listItemsMax)) break;
    const spreads = ts.isSpreadElement(node)
      ? alternatives(self.valueOf(node.expression, frame)).map((spread) =>
          spreadArguments(spread, node.expression, at === list.length - 1),
        )
      : [[{ value: self.valueOf(node, frame), node }]];
    const isMany = ways.length * spreads.length > waysMax;
    const next = isMany ? [[{ value: unknown, node: bareSpread(node) }]] : spreads;
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

function bareSpread(node: ts.Expression): ts.Expression {
  return ts.isSpreadElement(node) ? node.expression : node;
}

function spreadArguments(spread: JsValue, node: ts.Expression, isLast: boolean): Args {
  // Arguments behind the list have no known positions.
  if (spread.kind === 'growing' && isLast)
    return [...spread.items, unknown].map((value) => ({ value, node }));
  return spread.kind === 'array'
    ? spread.items.map((value, i) => ({ value, node: spread.nodes?.[i] ?? node }))
    : [{ value: unknown, node }];
}

/** Of several lists, each place has the items of all lists there, as long as these are few. */
export function spreadItems(lists: readonly JsValue[]): readonly JsValue[] {
  const [only] = lists;
  if (lists.length === 1 && only?.kind === 'array') return only.items;
  const known = lists.filter((list) => list.kind === 'array').map(({ items }) => items);
  const others = known.length < lists.length ? [unknown] : [];
  const length = Math.max(others.length, ...known.map((items) => items.length));
  if (known.length > mergedListsMax || length > mergedItemsMax) return [unknown];
  return Array.from({ length }, (_, i) =>
    unionOf([...known.flatMap((items) => items[i] ?? []), ...others]),
  );
}

const mergedListsMax = 4;
const mergedItemsMax = 8;
