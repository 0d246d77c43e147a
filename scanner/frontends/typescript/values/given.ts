/** The calls of a function whose arguments count in one place, and these arguments. */
import { ts } from 'ts-morph';
import { type Args, waysOfList } from '../effects/arguments.ts';
import { argumentsGiven, type Functionish, type GivenArgument, parametersOf } from '../syntax.ts';
import type { Caller, CallNode, CallOf, Evaluator } from './evaluator.ts';
import { alternatives, type CallFrame, type Frame, type JsValue, unknown } from './values.ts';

/** A call, and the call around it in which its arguments are evaluated. */
interface FramedCall {
  readonly call: CallNode;
  readonly given: readonly GivenArgument[];
  readonly frame: Frame;
}

/**
 * The calls of a function. Inside a call of the function that returned it, calls of what another
 * call returned do not count: `memoize(get)` and `memoize(label)` give two functions.
 */
export function callsIn(self: Evaluator, callee: Functionish, frame: Frame): FramedCall[] {
  const all = self.symbols.callers(callee).map(({ call, given, handedBy }) => ({
    call,
    given: given ?? argumentsGiven(call),
    frame:
      handedBy !== undefined && isToldApart(self, callee, call, handedBy)
        ? frameOf(self, handedBy)
        : undefined,
  }));
  if (frame === undefined || all.length < 2) return all;
  const possible = all.filter((one) => !callsAnother(self, one, callee, frame));
  return possible.length === 0 ? all : possible;
}

// Whether all that a call may call is known, and is not this function as this call returned it.
function callsAnother(
  self: Evaluator,
  { call, frame: around }: FramedCall,
  callee: Functionish,
  frame: CallFrame,
): boolean {
  self.steps.take();
  return alternatives(self.valueOf(call.expression, around)).every((value) => {
    if (value.kind === 'api') return true;
    if (value.kind !== 'function') return false;
    return value.node !== callee || areFramesApart(value.frame, frame, apartDepthMax);
  });
}

// Whether a wrapper has several calls, and all functions that it may get are known. One that is not
// known may be this one, with other arguments.
function isToldApart(
  self: Evaluator,
  callee: Functionish,
  call: CallNode,
  { callee: wrapper }: CallOf,
): boolean {
  const calls = self.symbols.callers(wrapper);
  if (calls.length < 2) return false;
  const symbol = self.symbols.symbolOf(call.expression);
  const declaration = symbol?.declarations?.[0];
  if (symbol === undefined || declaration === undefined || !ts.isParameter(declaration))
    return false;
  if (declaration.initializer !== undefined || self.symbols.assignments(symbol).length > 0)
    return false;
  const at = parametersOf(wrapper).indexOf(declaration);
  const own = self.symbols.callers(callee);
  const read = new Set(own.map((one) => (one.call === call ? one.handedBy?.call : undefined)));
  self.steps.take(calls.length + own.length);
  return calls.every((outer) => {
    const given = givenBy(self, callerIn(outer), at)[at]?.value ?? unknown;
    return alternatives(given).every(
      (value) =>
        value.kind === 'api' ||
        (value.kind === 'function' && (value.node !== callee || read.has(outer.call))),
    );
  });
}

function callerIn({ call, given = argumentsGiven(call) }: Caller): FramedCall {
  return { call, given, frame: undefined };
}

function frameOf(self: Evaluator, { callee, ...caller }: CallOf): Frame {
  const args = givenBy(self, callerIn(caller), Number.POSITIVE_INFINITY);
  return self.frameOf(
    callee,
    args.map(({ value }) => value),
    undefined,
  );
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

// Whether two values are other functions for sure. Other values may be known in part.
function isOther(value: JsValue, other: JsValue, depth: number): boolean {
  if (value.kind === 'api' && other.kind === 'api') return value.name !== other.name;
  if (value.kind === 'api' || other.kind === 'api')
    return value.kind === 'function' || other.kind === 'function';
  if (value.kind !== 'function' || other.kind !== 'function') return false;
  return value.node !== other.node || areFramesApart(value.frame, other.frame, depth);
}

// Two calls of one function, or of one around it, that got other functions.
function areFramesApart(one: Frame, other: Frame, depth: number): boolean {
  if (depth === 0) return false;
  for (let at = one; at !== undefined; at = at.outer)
    for (let to = other; to !== undefined; to = to.outer)
      if (at.callee === to.callee && areApart(at.args, to.args, depth - 1)) return true;
  return false;
}

/**
 * The arguments of a call up to the parameter at `last`. A spread list takes as many places as it
 * has items.
 */
export function givenBy(
  self: Evaluator,
  { given: written, frame }: Pick<FramedCall, 'given' | 'frame'>,
  last: number,
): Args {
  const given: Args[number][] = [];
  for (const [i, { node, isList }] of written.entries()) {
    if (given.length > last) break;
    if (isList) {
      const list = self.valueOf(node, frame);
      given.push(...(waysOfList(list, node, { max: 1, isLast: false })[0] ?? []));
      continue;
    }
    // Only the requested argument is evaluated.
    const isAsked = given.length === last || last === Number.POSITIVE_INFINITY || i > last;
    given.push({ value: isAsked ? self.valueOf(node, frame) : unknown, node });
  }
  return given;
}

/** Whether a spread list that takes an unknown number of places begins before a parameter. */
export function hasOpenListBefore(
  self: Evaluator,
  { given, frame }: FramedCall,
  parameter: number,
): boolean {
  let place = 0;
  for (const { node, isList } of given) {
    if (place >= parameter) return false;
    if (!isList) {
      place++;
      continue;
    }
    const lists = alternatives(self.valueOf(node, frame));
    if (lists.some(({ kind }) => kind !== 'array')) return true;
    place += Math.min(...lists.map((list) => (list.kind === 'array' ? list.items.length : 0)));
  }
  return false;
}
