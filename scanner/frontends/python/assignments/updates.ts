/**
 * What changes a value after a name was given it: `x += 1`, `x.append(1)`, `x[0] = 1`, and
 * functions that do so with a parameter.
 */

import { lookUp } from '../names/lookup.ts';
import { argumentsOf, nameOf, scopeOf } from '../nodes.ts';
import type { CellChange, PyNode, PythonFunction, PythonModule, PythonScope } from '../program.ts';

/** What methods of lists, sets and dictionaries do to their object. */
export const changingMethods: ReadonlyMap<string, CellChange> = new Map([
  ...['append', 'add', 'extend'].map((name) => [name, 'grown'] as const),
  ...[
    'update',
    'insert',
    'appendleft',
    'extendleft',
    'reverse',
    'pop',
    'popitem',
    'popleft',
    'sort',
  ].map((name) => [name, 'rewritten'] as const),
  ...['setdefault', 'remove', 'discard', 'clear', 'rotate', '__setitem__'].map(
    (name) => [name, 'rewritten'] as const,
  ),
]);

/** Notes that a node changes what a name or an attribute holds. */
export function noteChanged(
  module: PythonModule,
  target: PyNode | null,
  by: PyNode,
  change: CellChange,
): void {
  if (target?.name === 'VariableName') module.changes.push({ target, by, change });
  const property = target?.name === 'MemberExpression' ? target.lastChild : null;
  if (property?.name !== 'PropertyName') return;
  const name = nameOf(module, property);
  module.attributes.set(name, [
    ...(module.attributes.get(name) ?? []),
    { kind: 'update', node: by, change },
  ]);
}

/** Gives the changes to the names that they change, once all names of the module are bound. */
export function bindChanges(module: PythonModule): void {
  for (const { target, by, change } of module.changes) bindChange(module, target, by, change);
  for (const definition of module.functions) {
    definition.parameters.forEach((parameter, index) => {
      const own = definition.scope.names.get(parameter.name)?.find((one) => one.kind === 'update');
      if (own?.kind === 'update') bindGiven(module, definition, index, own.change);
    });
  }
}

function bindChange(module: PythonModule, target: PyNode, by: PyNode, change: CellChange): void {
  const name = nameOf(module, target);
  const home = scopeOf(module, target);
  const found = lookUp(home, name);
  if (
    found === undefined ||
    found.bindings.every(({ kind }) => /^(import|function|class)$/.test(kind))
  )
    return;
  found.scope.names.get(name)?.push({ kind: 'update', node: by, change });
  if (home !== found.scope) markShared(module, found.scope, name);
}

// `fill(parts)`, where `fill` appends to its parameter.
function bindGiven(
  module: PythonModule,
  { name, bound, parameters }: PythonFunction,
  index: number,
  change: CellChange,
): void {
  const at = bound ? index - 1 : index;
  const parameter = parameters[index];
  for (const call of module.calls.get(name) ?? []) {
    const { positional, keywords } = argumentsOf(module, call);
    const given =
      positional[at] ?? (parameter === undefined ? undefined : keywords.get(parameter.name));
    const filled = module.fills.get(call) ?? [];
    if (given?.name !== 'VariableName' || filled.includes(nameOf(module, given))) continue;
    bindChange(module, given, call, change);
    module.fills.set(call, [...filled, nameOf(module, given)]);
  }
}

/**
 * A name that other functions than its own change has no value that the order of its statements
 * tells.
 */
export function markShared(module: PythonModule, scope: PythonScope, name: string): void {
  module.shared.add(`${scope.id} ${name}`);
}

export function isShared(module: PythonModule, scope: PythonScope, name: string): boolean {
  return module.shared.has(`${scope.id} ${name}`);
}
