/**
 * Names of Python: what they are bound to, in their scopes, by imports and in other modules of the
 * skill.
 */

import { either, isBusy, unknownPy } from '../assignments/alternatives.ts';
import { childrenOf, nameOf, scopeOf, textOf } from '../nodes.ts';
import type { Binding, PyNode, PythonModule, PyValue } from '../program.ts';
import { flowEdge, type PythonRun } from '../run.ts';
import { walk } from '../tree.ts';
import { lookUp, resolvedOnce, variableNode } from './lookup.ts';
import { importMeaning, type NameMeaning, starredMeaning } from './meaning.ts';
import { updated } from './updated.ts';

export function variable(
  run: PythonRun,
  module: PythonModule,
  node: PyNode,
  depth: number,
): PyValue {
  const name = nameOf(module, node);
  const found = lookUp(scopeOf(module, node), name);
  if (found === undefined) return unboundValue(run, module, name, depth);
  const value = eitherBound(run, module, found.bindings, depth);
  return {
    ...value,
    folded: value.folded || value.texts.length > 0,
    nodes: [variableNode(run, module, found.scope, name, node)],
  };
}

/**
 * What these bindings give. A generated text may bind one name thousands of times, and use it as
 * often: it is put together once.
 */
export function eitherBound(
  run: PythonRun,
  module: PythonModule,
  bindings: readonly Binding[],
  depth: number,
): PyValue {
  const known = run.bound.get(bindings);
  if (known !== undefined) return known;
  const isOpen =
    bindings.length <= boundOftenMin ||
    bindings.some((one) => 'node' in one && one.node.value === 'busy');
  const value = heldValue(run, module, bindings, depth);
  if (!isOpen) run.bound.set(bindings, value);
  return value;
}

const boundOftenMin = 32;

/** A name that nothing in the module binds: of a library with all its names, or a built-in. */
export function unboundValue(
  run: PythonRun,
  module: PythonModule,
  name: string,
  depth: number,
): PyValue {
  const text = name === '__file__' ? `/skills/@self/${module.source.file}` : mainName.get(name);
  return (
    starred(run, module, name, depth) ?? {
      ...unknownPy,
      qual: text === undefined ? name : undefined,
      texts: text === undefined ? [] : [text],
    }
  );
}

const mainName: ReadonlyMap<string, string> = new Map([['__name__', '__main__']]);

function starred(
  run: PythonRun,
  module: PythonModule,
  name: string,
  depth: number,
): PyValue | undefined {
  const meaning = starredMeaning(run, module, name);
  return meaning === undefined ? undefined : meantValue(run, meaning, depth);
}

/** What an import in a module gives. */
export function importedValue(
  run: PythonRun,
  module: PythonModule,
  qual: string,
  depth: number,
): PyValue {
  return meantValue(run, importMeaning(run, module, qual), depth);
}

function meantValue(run: PythonRun, meaning: NameMeaning, depth: number): PyValue {
  if (meaning.kind === 'global')
    return resolvedOnce(run.resolving, meaning, unknownPy, () =>
      memberOfModule(run, meaning.module, meaning.name, depth),
    );
  return { ...unknownPy, qual: meaning.kind === 'name' ? meaning.qual : undefined };
}

/** A name at the top of a module of the skill. */
export function memberOfModule(
  run: PythonRun,
  module: PythonModule,
  name: string,
  depth: number,
): PyValue {
  const bindings = module.scope.names.get(name);
  const given = assignedFromOutside(run, module, name, depth);
  if (bindings === undefined && given.length === 0)
    return starred(run, module, name, depth) ?? unknownPy;
  const value = either([
    ...(bindings === undefined ? [] : [heldValue(run, module, bindings, depth)]),
    ...given,
  ]);
  const at = variableNode(run, module, module.scope, name, { from: 0, to: 0 });
  for (const from of given.flatMap((one) => one.nodes)) flowEdge(run, from, at);
  return { ...value, nodes: [variableNode(run, module, module.scope, name, { from: 0, to: 0 })] };
}

// `state.key = x` in another file.
function assignedFromOutside(
  run: PythonRun,
  module: PythonModule,
  name: string,
  depth: number,
): PyValue[] {
  return (run.assigned.get(name) ?? []).flatMap(({ module: other, one }) =>
    run.evaluate(run, other, one.object, depth).qual === `own ${module.source.path}`
      ? [run.boundValue(run, other, one.binding, depth)]
      : [],
  );
}

/** The value of a name that has these bindings. */
export function heldValue(
  run: PythonRun,
  module: PythonModule,
  bindings: readonly Binding[],
  depth: number,
): PyValue {
  const given = bindings.filter(({ kind }) => kind !== 'update');
  const updates = bindings.filter((binding) => binding.kind === 'update');
  const values = given.map((binding) => knownValue(run, module, binding, depth));
  const value = either(values.filter((one) => !isBusy(one)));
  return updates.length === 0 ? value : updated(run, module, value, updates, depth);
}

// `a = a or b` adds nothing to what `a` may be; `a = f(a)` may add anything.
function knownValue(
  run: PythonRun,
  module: PythonModule,
  binding: Binding,
  depth: number,
): PyValue {
  const value = run.boundValue(run, module, binding, depth);
  return isBusy(value) && !('node' in binding && keeps(module, binding.node))
    ? { ...value }
    : value;
}

function keeps(module: PythonModule, node: PyNode): boolean {
  const [first, operator, second, , third] = childrenOf(node);
  if (first === undefined || operator === undefined || second === undefined) return false;
  const isChoice =
    node.name === 'ConditionalExpression' || /^(or|and)$/.test(textOf(module, operator));
  const parts = [first, second, third].filter((part) => part !== undefined);
  const names = parts
    .filter(({ name }) => name === 'VariableName')
    .map((part) => textOf(module, part));
  return (
    isChoice &&
    parts.every((part) => part.name === 'VariableName' || !mentions(module, part, names))
  );
}

function mentions(module: PythonModule, node: PyNode, names: readonly string[]): boolean {
  let isFound = false;
  walk(node, (one) => {
    isFound ||= one.name === 'VariableName' && names.includes(textOf(module, one));
    return !isFound;
  });
  return isFound;
}
