/** Values of a circle that grow until nothing changes. */
import { areSame } from './same.ts';
import { alternatives, type JsValue, unionOf, unknown } from './values.ts';

/**
 * A value that may be either. Texts, numbers and lists can be computed from one another without
 * end, so only a few of them are kept. Functions, and lists with functions, are kept up to the
 * limit of a union: one of them may send.
 */
export function widened(before: JsValue, value: JsValue): JsValue {
  if (areSame(before, value)) return before;
  const known = alternatives(before);
  let left = dataMax - known.filter((one) => !mayBeCalled(one)).length;
  const more = alternatives(value)
    .filter((one) => !known.some((other) => areSame(one, other)))
    .map((one) => (mayBeCalled(one) || --left >= 0 ? one : unknown));
  return unionOf([...known, ...more]);
}

const dataMax = 8;

function mayBeCalled(value: JsValue, depth = 0): boolean {
  switch (value.kind) {
    case 'array':
    case 'growing':
      return depth < calledDepthMax && value.items.some((item) => mayBeCalled(item, depth + 1));
    case 'union':
      return value.of.some((one) => mayBeCalled(one, depth));
    case 'text':
    case 'bytes':
    case 'number':
    case 'count':
    case 'pattern':
    case 'data':
    case 'unknown':
      return false;
    default:
      return true;
  }
}

const calledDepthMax = 1;
