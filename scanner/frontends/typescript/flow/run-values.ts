/**
 * The values that a call runs: the known ones, and "unknown" where something may have changed them.
 */
import { ts } from 'ts-morph';
import type { RowEffect } from '../../../knowledge/row.ts';
import { own } from '../../../lookup-tables/api.ts';
import { interpreters } from '../../../lookup-tables/shell.ts';
import { positionOf } from '../effects/arguments.ts';
import { type ResolvedCall, resolveCall } from '../effects/calls.ts';
import type { Called, Out } from '../out.ts';
import { areSame } from '../values/same.ts';
import { alternatives, type JsValue, textOr, unionOf, unknown } from '../values/values.ts';

type Args = Called['args'];

/** The arguments of a call as its effect runs them. */
export function runArguments(out: Out, call: Called, effect: RowEffect): Args {
  switch (effect.does) {
    case 'load':
      return replaced(out, call, [positionOf(effect.path)]);
    case 'code':
      return replaced(out, call, [positionOf(effect.code), call.args.length - 1]);
    case 'request':
      return withWritten(out, call, positionOf(effect.url));
    case 'program': {
      const at = positionOf(effect.words);
      const named = replaced(out, call, [at]);
      const runsText =
        effect.args !== undefined && alternatives(named[at]?.value ?? unknown).some(isInterpreter);
      return runsText ? replaced(out, { ...call, args: named }, [positionOf(effect.args)]) : named;
    }
    default:
      return call.args;
  }
}

function isInterpreter(value: JsValue): boolean {
  const name = textOr(value).replace(/^.*[/\\]/, '');
  return own(interpreters, name) !== undefined || /^(cmd|powershell|pwsh)(\.exe)?$/i.test(name);
}

function replaced(out: Out, call: Called, places: readonly number[]): Args {
  if (places.every((at) => call.args[at] === undefined || isWritten(call, at))) return call.args;
  const settled = settledArguments(out, call);
  return call.args.map((arg, at) =>
    places.includes(at) ? { ...arg, value: withSettled(arg.value, settled[at]) } : arg,
  );
}

// For an address, the hosts count in addition that writes by other names put there. That something
// unknown may be written there counts for nothing: it may be so for most objects.
function withWritten(out: Out, call: Called, at: number): Args {
  if (call.args[at] === undefined || isWritten(call, at)) return call.args;
  const { value } = call.args[at];
  const known = new Set(alternatives(value).map(originOf));
  const settled = settledArguments(out, call)[at] ?? unknown;
  const more = alternatives(settled).filter((one) => {
    const origin = originOf(one);
    return origin !== undefined && !known.has(origin);
  });
  return call.args.with(at, { ...call.args[at], value: unionOf([value, ...more]) });
}

function originOf(value: JsValue): string | undefined {
  return value.kind === 'text'
    ? /^https?:\/\/[^/?#\0]+(?=[/?#]|$)/i.exec(value.text)?.[0]
    : undefined;
}

// No write changes a text at the place where it is used: `require('fs')`.
function isWritten({ node, args }: Called, at: number): boolean {
  if (!ts.isCallExpression(node) && !ts.isNewExpression(node)) return false;
  const given = node.arguments?.slice(0, at + 1) ?? [];
  const last = given[at];
  return (
    last !== undefined &&
    ts.isStringLiteralLike(last) &&
    args[at]?.node === last &&
    !given.some(ts.isSpreadElement)
  );
}

// The arguments with writes taken into account; nothing for a call that another call makes, like
// that of `list.forEach`.
function settledArguments(out: Out, { api, node, args }: Called): readonly (JsValue | undefined)[] {
  if (ts.isCallExpression(node) || ts.isNewExpression(node)) {
    const same = resolveCall(out.settled(), node)
      .filter(({ callee }) => callee.kind === 'api' && callee.name === api)
      .map((call) => call.args);
    const ways = same.length < 2 ? same : waysLike(args, same, resolveCall(out.self, node));
    if (ways.length > 0)
      return args.map((_, at) => unionOf(ways.map((way) => way[at]?.value ?? unknown)));
  }
  return args.map(({ value, node }) => {
    if (node === undefined) return undefined;
    const settled = out.settled().valueOf(node);
    return out.self.valueOf(node) === value || alternatives(settled).some(isOpen)
      ? settled
      : undefined;
  });
}

// A call with one of several lists of arguments has only the values of that list, and "unknown"
// where a list may be unknown. A list that a write adds may be any of them.
function waysLike(
  args: Args,
  settled: readonly Args[],
  known: readonly ResolvedCall[],
): readonly Args[] {
  const isUnknown = (way: Args): boolean => way.every(({ value }) => value.kind === 'unknown');
  const isKnown = (way: Args): boolean => known.some((call) => haveSameNodes(call.args, way));
  const isOwn = (way: Args): boolean => haveSameNodes(args, way);
  return settled.some(isOwn) && settled.every((way) => isUnknown(way) || isKnown(way))
    ? settled.filter((way) => isUnknown(way) || isOwn(way))
    : settled;
}

function haveSameNodes(one: Args, other: Args): boolean {
  return one.length === other.length && one.every(({ node }, at) => node === other[at]?.node);
}

function withSettled(value: JsValue, settled: JsValue | undefined): JsValue {
  if (settled === undefined || areSame(value, settled, isSameNode)) return value;
  return unionOf([
    value,
    ...alternatives(settled).map((value) => (isOpen(value) ? unknown : value)),
  ]);
}

// Each evaluator has frames of its own.
function isSameNode(a: { readonly node: ts.Node }, b: { readonly node: ts.Node }): boolean {
  return a.node === b.node;
}

function isOpen({ kind }: JsValue): boolean {
  return kind === 'unknown' || kind === 'growing';
}
