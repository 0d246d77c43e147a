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
    return sameParts(a, b, { compare, isSame });
  };
  return compare(a, b);
}

function sameParts(
  a: JsValue,
  b: JsValue,
  {
    compare,
    isSame,
  }: {
    readonly compare: (a: JsValue, b: JsValue) => boolean;
    readonly isSame: (a: Made, b: Made) => boolean;
  },
): boolean {
  switch (a.kind) {
    case 'unknown':
    case 'count':
    case 'constructor':
      return a.kind === b.kind;
    case 'text':
    case 'bytes':
      return a.kind === b.kind && a.text === b.text;
    case 'number':
      return a.kind === b.kind && a.number === b.number;
    case 'pattern':
      return a.kind === b.kind && a.source === b.source && a.flags === b.flags;
    case 'api':
      return a.kind === b.kind && a.name === b.name;
    case 'instance':
      return a.kind === b.kind && a.of === b.of && a.made === b.made;
    case 'class':
      return a.kind === b.kind && a.node === b.node && a.made === b.made;
    case 'function':
    case 'object':
      return a.kind === b.kind && isSame(a, b);
    case 'module':
      return a.kind === b.kind && a.file === b.file;
    case 'method':
      return a.kind === b.kind && a.name === b.name && compare(a.of, b.of);
    case 'bound':
      return a.kind === b.kind && compare(a.callee, b.callee) && sameItems(a.given, b.given);
    case 'growing':
      return (
        a.kind === b.kind && a.pushed.length === b.pushed.length && sameItems(a.items, b.items)
      );
    case 'array':
      return a.kind === b.kind && sameItems(a.items, b.items);
    default:
      return false;
  }
  function sameItems(items: readonly JsValue[], others: readonly JsValue[]): boolean {
    return (
      items.length === others.length &&
      items.every((item, at) => compare(item, others[at] ?? unknown))
    );
  }
}

type Made = Extract<JsValue, { kind: 'function' | 'object' }>;
