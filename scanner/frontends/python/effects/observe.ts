/** Functions gone through with known arguments, to see what they call with them. */

import { pythonRows } from '../../../knowledge/python/library.ts';
import { nothingGiven } from '../assignments/alternatives.ts';
import { argumentsOf, nameOf, textOf } from '../nodes.ts';
import type { MaybeFolded, PyNode, PythonFunction, PythonModule, PyValue } from '../program.ts';
import { flowEdge, type PythonRun } from '../run.ts';
import { callFoldedValue, callOwnFolded } from '../values/calls.ts';
import { foldedOf, mapGiven, pyOf } from '../values/given.ts';
import { boundName, isBound, isNamed } from '../values/value.ts';
import { callWith, type PyCall } from './call.ts';

/**
 * Goes through a function with what it is given, where that is functions or values that are known.
 */
export function observeOwn(run: PythonRun, call: PyCall, own: PythonFunction): void {
  if (run.fold.observe !== undefined || (call.args.length === 0 && call.keywords.size === 0))
    return;
  const known = mapGiven(call, foldedOf);
  const given = [...known.args, ...known.keywords.values()];
  if (
    !given.some((one) => isNamed(one) || isBound(one)) &&
    !(
      given.some((arg) => arg !== undefined) &&
      (isIndirect(call, own) || looksUp.test(textOf(own.module, bodyOf(own))))
    )
  )
    return;
  const { module } = own;
  observing(run, () =>
    callOwnFolded(run, { kind: 'own', module, definition: own, frame: undefined }, known, 0),
  );
}

function observing(run: PythonRun, goThrough: () => void): void {
  run.fold.observe = (module, node, callee, given, named) =>
    observed(run, module, node, callee.qual, given, named);
  goThrough();
  run.fold.observe = undefined;
}

// Called by another name than its own, so that its parameters do not know of the call.
function isIndirect({ module, node }: PyCall, own: PythonFunction): boolean {
  const callee = 'firstChild' in node ? (node as PyNode).firstChild : null;
  const last = callee?.name === 'MemberExpression' ? callee.lastChild : callee;
  return last === null || last === undefined || nameOf(module, last) !== own.name;
}

const looksUp = /getattr\(|__import__|import_module\(|\]\(/;

function bodyOf({ node }: PythonFunction): PyNode {
  return node.parent?.name === 'FunctionDefinition' ? node.parent : node;
}

/**
 * Goes through a library's function that calls what it is given, with what is known of its
 * arguments.
 */
export function observeCall(run: PythonRun, call: PyCall): void {
  if (run.fold.observe !== undefined || !('firstChild' in call.node)) return;
  const site = { module: call.module, node: call.node as PyNode, depth: 0, hides: false };
  const callee = boundName(call.api, { ...nothingGiven, args: call.args.map(foldedOf) });
  observing(run, () => callFoldedValue(run, callee, nothingGiven, site));
}

function observed(
  run: PythonRun,
  module: PythonModule,
  node: PyNode,
  qual: string,
  args: readonly MaybeFolded[],
  keywords: ReadonlyMap<string, MaybeFolded>,
): void {
  const api = Object.hasOwn(pythonRows, qual) ? pythonRows[qual] : undefined;
  if (api === undefined || node.firstChild === null) return;
  const syntax = argumentsOf(module, node);
  const isKnown = run.evaluate(run, module, node.firstChild).qual === qual;
  const isClear = syntax.positional.every((one, at) =>
    isClearValue(run.evaluate(run, module, one), args[at]),
  );
  if (isKnown && isClear && syntax.starred.length === 0) return;
  const given = mapGiven({ args, keywords }, pyOf);
  // What is not known whole may be known in part: `f"{address}?{query}"`.
  const isPlain = syntax.starred.length === 0 && syntax.positional.length === args.length;
  const all = given.args.map((value, index) => {
    const written = args[index] === undefined && isPlain ? syntax.positional[index] : undefined;
    return written === undefined ? value : run.evaluate(run, module, written);
  });
  const at = { module, node, api: qual, certainty: 'folded' } as const;
  const call = callWith(at, all, given.keywords);
  const made = api.effects.map((effect) => run.applyEffect(run, call, effect));
  const nodes = made.flatMap((one) => one?.nodes ?? []);
  // What it gives here is what the same place gives all callers.
  if (nodes.length > 0)
    for (const to of run.evaluate(run, module, node).nodes)
      for (const from of nodes) flowEdge(run, from, to);
}

// Whether all that a call is given here is seen without going through its function.
function isClearValue(value: PyValue, given: MaybeFolded): boolean {
  const texts =
    value.items === undefined
      ? value.texts
      : value.items.flatMap((item) => (item.texts.length === 0 ? ['\0'] : item.texts));
  const isOther =
    typeof given === 'string' && value.otherTexts.length > 0 && !texts.includes(given);
  return texts.length > 0 && !isOther && !texts.some((text) => text.includes('\0'));
}
