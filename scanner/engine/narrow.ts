/**
 * What a test says of variables where it holds: `if name not in ("a", "b"): return` leaves one of
 * two texts.
 */
import type { Node } from '../ir/ir.ts';
import type { Invocation } from './interpret.ts';
import { either, itemsOf, listValue, textValue, type Value } from './value.ts';

/** What the variables of a test are before it is gone through. */
type Tested = ReadonlyMap<string, Value | undefined>;

export function testedIn(test: Node, frame: Invocation): Tested {
  const found = new Map<string, Value | undefined>();
  const add = (node: Node): void => {
    if (node.kind === 'var') found.set(node.name, frame.env.get(node.name));
    if (node.kind === 'op') node.args.forEach(add);
    if (node.kind === 'list') for (const one of node.items) if ('kind' in one) add(one);
  };
  add(test);
  return found;
}

/** Gives variables what they are where a test has come out as `isTrue`. */
export function narrow(test: Node, isTrue: boolean, frame: Invocation, tested: Tested): void {
  if (test.kind !== 'op') return;
  const [left, right] = test.args;
  if (left === undefined) return;
  if (test.op === 'not') narrow(left, !isTrue, frame, tested);
  if (right === undefined) return;
  if (test.op === (isTrue ? 'and' : 'or'))
    for (const one of test.args) narrow(one, isTrue, frame, tested);
  if (test.op === (isTrue ? '==' : '!=')) {
    become(left, writtenIn(right, frame), frame, tested);
    become(right, writtenIn(left, frame), frame, tested);
  }
  if (test.op === 'in' && isTrue) {
    const items = itemsOf(writtenIn(right, frame) ?? textValue(''));
    if (items !== undefined && items.length > 0) become(left, either(items), frame, tested);
  }
}

function become(target: Node, value: Value | undefined, frame: Invocation, tested: Tested): void {
  if (value === undefined) return;
  if (target.kind === 'list') {
    const items = itemsOf(value);
    target.items.forEach((one, at) => {
      if ('kind' in one) become(one, items?.[at], frame, tested);
    });
    return;
  }
  if (target.kind !== 'var') return;
  const before = frame.env.get(target.name);
  // The test itself may have set it to something else.
  if (before !== tested.get(target.name)) return;
  // An object of the skill may say that it equals anything.
  const isData = before?.isOpen && before.things.length === 0 && before.texts.length === 0;
  const isText = !value.isOpen && value.texts.length > 0 && value.things.length === 0;
  if (isData && isText) frame.env.set(target.name, value);
}

// The texts of a value that is written, without computing it again.
function writtenIn(node: Node, frame: Invocation): Value | undefined {
  if (node.kind === 'const')
    return typeof node.value === 'string' ? textValue(node.value, node.raw) : undefined;
  if (node.kind === 'var') return frame.env.get(node.name);
  if (node.kind !== 'list') return undefined;
  const items = node.items.map((one) => ('kind' in one ? writtenIn(one, frame) : undefined));
  return items.every((one) => one !== undefined) ? listValue(items) : undefined;
}
