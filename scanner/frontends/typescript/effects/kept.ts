/**
 * Functions of a library that a program keeps under a name or in a list and calls from there, and
 * lists of arguments that grow.
 */
import { ts } from 'ts-morph';
import type { Effect } from '../../../lookup-tables/api.ts';
import { apiNamed } from '../library.ts';
import type { Out } from '../out.ts';
import { bareOf, isAssignment, memberName } from '../syntax.ts';
import { alternatives } from '../values/values.ts';
import { type ResolvedCall, resolveCall } from './calls.ts';

/** Notes the names under which a function of a library that sends or starts something is kept. */
export function noteKept(out: Out, node: ts.Expression, api: string): void {
  const acts = apiNamed(api)?.effects.some(({ does }) => followed.has(does));
  if (acts === true) for (const name of namesOfPlace(node)) out.keptNames.add(name);
}

const followed: ReadonlySet<Effect['does']> = new Set([
  'connect',
  'fork',
  'program',
  'request',
  'send',
  'shell',
]);

// `jobs.run = fetch`, `{ run: fetch.bind(null) }`. Items of a list have the name `*`. A name in
// quotes counts as `*` as well, because a program may read it in any way.
function namesOfPlace(given: ts.Expression): readonly string[] {
  const node = bindingOf(given) ?? given;
  const { parent } = node;
  if (ts.isBinaryExpression(parent) && isAssignment(parent.operatorToken.kind)) {
    const target = bareOf(parent.left);
    if (ts.isPropertyAccessExpression(target)) return [target.name.text];
    return ts.isElementAccessExpression(target) ? [memberName(target), anyName] : [];
  }
  if (ts.isPropertyAssignment(parent)) {
    if (ts.isIdentifier(parent.name)) return [parent.name.text];
    return ts.isStringLiteralLike(parent.name) ? [parent.name.text, anyName] : [anyName];
  }
  if (ts.isShorthandPropertyAssignment(parent)) return [parent.name.text];
  const isItem =
    ts.isArrayLiteralExpression(parent) ||
    (ts.isCallExpression(parent) &&
      parent.expression !== node &&
      ts.isPropertyAccessExpression(parent.expression) &&
      adders.has(parent.expression.name.text));
  return isItem ? [anyName] : [];
}

// `fetch.bind(null)` for `fetch`.
function bindingOf({ parent }: ts.Expression): ts.CallExpression | undefined {
  return ts.isPropertyAccessExpression(parent) &&
    parent.name.text === 'bind' &&
    ts.isCallExpression(parent.parent) &&
    parent.parent.expression === parent
    ? parent.parent
    : undefined;
}

const anyName = '*';
const adders: ReadonlySet<string> = new Set(['push', 'unshift', 'set', 'add', 'splice', 'fill']);

/**
 * The functions of a library that a call may call because they were kept under its name, in
 * addition to those that are known without looking at writes.
 */
export function keptCallees(
  out: Out,
  node: ts.CallExpression | ts.NewExpression,
): readonly ResolvedCall[] {
  if (!namesOf(bareOf(node.expression)).some((name) => out.keptNames.has(name))) return [];
  const known = new Set(resolveCall(out.self, node).map(libraryName));
  return resolveCall(out.settled(), node).filter(
    (call) => libraryName(call) !== undefined && !known.has(libraryName(call)),
  );
}

// `tools.send.call(null, …)` is a call of `send` as well.
function namesOf(callee: ts.Expression): readonly string[] {
  if (ts.isElementAccessExpression(callee)) return [anyName, memberName(callee)];
  if (!ts.isPropertyAccessExpression(callee))
    return [anyName, ...(ts.isIdentifier(callee) ? [callee.text] : [])];
  return /^(call|apply)$/.test(callee.name.text)
    ? [callee.name.text, ...namesOf(bareOf(callee.expression))]
    : [callee.name.text];
}

/** The calls of a library with a list that has grown: `list.push(address); fetch(...list)`. */
export function callsWithGrown(
  out: Out,
  node: ts.CallExpression | ts.NewExpression,
): readonly ResolvedCall[] {
  const lists = [...(node.arguments ?? [])].filter(ts.isSpreadElement);
  const isOfLibrary = (call: ResolvedCall): boolean => libraryName(call) !== undefined;
  if (lists.length === 0 || !resolveCall(out.self, node).some(isOfLibrary)) return [];
  const grows = ({ expression }: ts.SpreadElement): boolean =>
    alternatives(out.settled().valueOf(expression)).some(({ kind }) => kind === 'growing');
  return lists.some(grows) ? resolveCall(out.settled(), node).filter(isOfLibrary) : [];
}

function libraryName({ callee }: ResolvedCall): string | undefined {
  return callee.kind === 'api' && apiNamed(callee.name) !== undefined ? callee.name : undefined;
}
