/** The calls of a function whose arguments count in one place, and these arguments. */
import { ts } from 'ts-morph';
import { type Args, waysOfList } from '../effects/arguments.ts';
import type { Functionish } from '../syntax.ts';
import type { CallNode, CallOf, Evaluator } from './evaluator.ts';
import { alternatives, type Frame, type JsValue, unknown } from './values.ts';

/** A call, and the call around it in which its arguments are evaluated. */
interface FramedCall {
  readonly call: CallNode;
  readonly frame: Frame;
}

/**
 * The calls of a function. Inside a call of the function that returned it, calls of what another
 * call returned do not count: `memoize(get)` and `memoize(label)` give two functions.
 */
export function callsIn(self: Evaluator, callee: Functionish, frame: Frame): FramedCall[] {
  const all = self.symbols.callers(callee);
  const possible = all.filter(({ returnedBy }) => mayBeIn(self, returnedBy, frame));
  return (possible.length === 0 ? all : possible).map(({ call, handedBy }) => ({
    call,
    frame: handedBy === undefined ? undefined : frameOf(self, handedBy),
  }));
}

function frameOf(self: Evaluator, { call, callee }: CallOf): Frame {
  return self.frameOf(callee, argumentsOf(self, call), undefined);
}

function argumentsOf(self: Evaluator, call: CallNode): readonly JsValue[] {
  return givenBy(self, { call, frame: undefined }, Number.POSITIVE_INFINITY).map(
    ({ value }) => value,
  );
}

// Only another function tells two calls apart for sure: other values may be known in part.
function mayBeIn(self: Evaluator, returnedBy: CallOf | undefined, frame: Frame): boolean {
  if (returnedBy === undefined) return true;
  for (let at = frame; at !== undefined; at = at.outer)
    if (at.callee === returnedBy.callee)
      return !areApart(at.args, argumentsOf(self, returnedBy.call), apartDepthMax);
  return true;
}

/** Functions that were returned by functions, one in the other, and are told apart. */
const apartDepthMax = 8;

function areApart(all: readonly JsValue[], others: readonly JsValue[], depth: number): boolean {
  return all.some((one, i) => {
    const here = alternatives(one);
    const there = alternatives(others[i] ?? unknown);
    return here.every((value) => there.every((other) => isOther(value, other, depth)));
  });
}

// Whether two values are other functions for sure.
function isOther(value: JsValue, other: JsValue, depth: number): boolean {
  if (value.kind === 'api' && other.kind === 'api') return value.name !== other.name;
  if (value.kind === 'api' || other.kind === 'api')
    return value.kind === 'function' || other.kind === 'function';
  if (value.kind !== 'function' || other.kind !== 'function') return false;
  if (value.node !== other.node) return true;
  const { frame } = value;
  return (
    frame !== undefined &&
    frame.callee === other.frame?.callee &&
    depth > 0 &&
    areApart(frame.args, other.frame.args, depth - 1)
  );
}

/**
 * The arguments of a call up to the parameter at `last`. A spread list takes as many places as it
 * has items.
 */
export function givenBy(self: Evaluator, { call, frame }: FramedCall, last: number): Args {
  const given: Args[number][] = [];
  for (const [i, node] of (call.arguments ?? []).entries()) {
    if (given.length > last) break;
    if (ts.isSpreadElement(node)) {
      const list = self.valueOf(node.expression, frame);
      given.push(...(waysOfList(list, node.expression, { max: 1, isLast: false })[0] ?? []));
      continue;
    }
    // Only the requested argument is evaluated.
    const isAsked = given.length === last || last === Number.POSITIVE_INFINITY || i > last;
    given.push({ value: isAsked ? self.valueOf(node, frame) : unknown, node });
  }
  return given;
}

/** Whether a call has a spread list that takes a number of places that is not known. */
export function hasOpenList(self: Evaluator, { call, frame }: FramedCall): boolean {
  return (call.arguments ?? []).some(
    (node) =>
      ts.isSpreadElement(node) &&
      alternatives(self.valueOf(node.expression, frame)).some(({ kind }) => kind !== 'array'),
  );
}
