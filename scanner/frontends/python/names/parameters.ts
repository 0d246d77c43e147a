/** What the calls of the skill give a parameter of its functions. */

import { pythonCallSitesMax } from '../../../limits.ts';
import { unknownPart } from '../../../lookup-tables/egress-of.ts';
import { anyText, either, unknownPy } from '../assignments/alternatives.ts';
import { argumentsOf, childrenOf } from '../nodes.ts';
import type { PyNode, PythonFunction, PythonModule, PyValue } from '../program.ts';
import type { PythonRun } from '../run.ts';

/**
 * What a call gives a parameter of a function, as a value or as the node where it stands. With
 * `byClass` the call names the class, and gives the object itself: `C.go(C(), url)`.
 */
export function givenFor<Given>(
  { parameters, bound, ofClass }: PythonFunction,
  index: number,
  args: readonly Given[],
  keywords: ReadonlyMap<string, Given>,
  byClass = false,
): Given | undefined {
  const name = parameters[index]?.name;
  const named = name === undefined ? undefined : keywords.get(name);
  return named ?? args[bound && (ofClass || !byClass) ? index - 1 : index];
}

/** Text only: flows have edges of their own. */
export function parameterValue(
  run: PythonRun,
  definition: PythonFunction,
  index: number,
  depth: number,
): PyValue {
  const parameter = definition.parameters[index];
  if (parameter === undefined) return unknownPy;
  const calledAs =
    definition.name === '__init__' && definition.owner !== undefined
      ? definition.owner
      : definition.name;
  const isBound = definition.bound;
  const given: PyValue[] = [];
  let isOpen = run.open.has(definition.id) || run.replaced.has(definition.id);
  const sites = run.calls.get(calledAs) ?? [];
  if (sites.length > pythonCallSitesMax) given.push(anyText);
  for (const { module, call } of sites.slice(0, pythonCallSitesMax)) {
    if (!isBound && !isOwnCall(run, module, call, depth)) continue;
    const args = argumentsOf(module, call);
    const byClass = isBound && isByClass(run, module, call, depth);
    if (parameter.star === '*') {
      const from = isBound && !byClass ? index - 1 : index;
      const items = args.positional.slice(from).map((one) => run.evaluate(run, module, one, depth));
      given.push(args.starred.length === 0 ? { ...unknownPy, items } : anyText);
      continue;
    }
    const node = givenFor(definition, index, args.positional, args.keywords, byClass);
    if (node !== undefined) given.push(run.evaluate(run, module, node, depth));
    else isOpen ||= args.starred.length > 0;
  }
  if (parameter.fallback !== undefined)
    given.push(run.evaluate(run, definition.module, parameter.fallback, depth));
  if (given.length === 0) return unknownPy;
  const value = either(given);
  const texts = given.some((one) => one.texts.length === 0) ? [] : value.texts;
  // What other callers give is seen by whoever runs it; the rest goes by what is written here.
  return {
    ...value,
    nodes: [],
    texts,
    otherTexts: isOpen ? [...value.otherTexts, unknownPart] : value.otherTexts,
  };
}

// `post(…)` calls the skill's function of that name, `requests.post(…)` does not.
export function isOwnCall(
  run: PythonRun,
  module: PythonModule,
  call: PyNode,
  depth: number,
): boolean {
  const callee = call.firstChild;
  if (callee?.name !== 'MemberExpression') return true;
  const [object] = childrenOf(callee);
  return (
    object !== undefined &&
    run.evaluate(run, module, object, depth).qual?.startsWith('own ') === true
  );
}

/** Whether the callee is a member of a class of the skill: `C.go`, not `C().go`. */
export function isByClass(
  run: PythonRun,
  module: PythonModule,
  call: PyNode,
  depth: number,
): boolean {
  const callee = call.firstChild;
  const [object] = callee?.name === 'MemberExpression' ? childrenOf(callee) : [];
  return (
    object !== undefined &&
    run.evaluate(run, module, object, depth).qual?.startsWith('class ') === true
  );
}
