/** Whether two values are the same. */
import { alternatives, type JsValue, unknown } from './values.ts';

/**
 * Parts that one comparison looks at. Beyond, the values count as different: lists can hold one
 * another, so a short program has values with any number of parts.
 */
const comparedMax = 1_000;

/**
 * Whether two values are known to be the same; the order of alternatives does not count.
 * @param isSame whether two objects, functions or frames of calls are one
 */
export function areSame(
  a: JsValue,
  b: JsValue,
  isSame: (a: Made, b: Made) => boolean = (a, b) => a.node === b.node && a.frame === b.frame,
): boolean {
  let left = comparedMax;
  const compare = (a: JsValue, b: JsValue): boolean => {
    if (a === b) return true;
    if (--left < 0) return false;
    if (a.kind === 'union' || b.kind === 'union') {
      const all = alternatives(a);
      const others = alternatives(b);
      return (
        all.length === others.length &&
        all.every((one) => others.includes(one) || others.some((other) => compare(one, other)))
      );
    }
    if (a.kind === 'array' && b.kind === 'array') {
      const { items } = b;
      return (
        a.items.length === items.length &&
        a.items.every((item, at) => compare(item, items[at] ?? unknown))
      );
    }
    if (a.kind === 'text' && b.kind === 'text') return a.text === b.text;
    if (a.kind === 'number' && b.kind === 'number') return a.number === b.number;
    if (a.kind === 'api' && b.kind === 'api') return a.name === b.name;
    if (isMade(a) && isMade(b)) return a.kind === b.kind && isSame(a, b);
    return a.kind === b.kind;
  };
  return compare(a, b);
}

type Made = Extract<JsValue, { kind: 'function' | 'object' }>;

function isMade(value: JsValue): value is Made {
  return value.kind === 'function' || value.kind === 'object';
}
