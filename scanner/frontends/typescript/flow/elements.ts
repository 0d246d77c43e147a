/** The element of a list that a loop gets, or that `forEach` passes to its function. */
import { ts } from 'ts-morph';
import type { Evaluator } from '../values/evaluator.ts';
import { alternatives, type JsValue, unionOf, unknown } from '../values/values.ts';

/** One of the elements of a list. */
export function elementOf(self: Evaluator, list: JsValue): JsValue {
  return unionOf(
    alternatives(list).map((value) => {
      if (value.kind === 'array') return unionOf(value.items);
      if (value.kind !== 'growing') return unknown;
      return unionOf([
        ...value.items,
        ...value.pushed.map((given) => (ts.isSpreadElement(given) ? unknown : self.valueOf(given))),
      ]);
    }),
  );
}
