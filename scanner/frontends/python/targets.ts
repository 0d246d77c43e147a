/** Names that targets of assignments, loops and `with` bind. */

import { markShared, noteChanged, noteItemByText } from './assignments/by-text.ts';
import { childrenOf, nameOf } from './nodes.ts';
import type { Binding, PyNode, PythonModule, PythonScope } from './program.ts';

/** Adds what gives a name of a scope a value. */
export function bind(
  module: PythonModule,
  scope: PythonScope,
  name: string,
  binding: Binding,
): void {
  const home = scope.outside?.has(name) ? homeOf(scope, name) : scope;
  if (home !== scope) markShared(module, home, name);
  const { names } = home;
  const known = names.get(name);
  if (known === undefined) names.set(name, [binding]);
  else known.push(binding);
}

// Where `global` or `nonlocal` puts a name.
function homeOf(scope: PythonScope, name: string): PythonScope {
  let at = scope;
  while (at.parent !== undefined && (at === scope || !at.names.has(name))) at = at.parent;
  return at;
}

export function isStar(node: PyNode): boolean {
  return node.name === '*';
}

/** Binds the parts of a target. From a star on, the places of parts are not known: -1. */
export function bindParts(
  module: PythonModule,
  scope: PythonScope,
  targets: readonly PyNode[],
  bindingOf: (target: PyNode, element: number) => Binding,
): void {
  const star = targets.findIndex(isStar);
  targets.forEach((target, index) => {
    if (!isStar(target))
      bindTarget(module, scope, target, bindingOf(target, star >= 0 && index > star ? -1 : index));
  });
}

/** Binds the names of a target. */
export function bindTarget(
  module: PythonModule,
  scope: PythonScope,
  target: PyNode,
  binding: Binding,
): void {
  if (target.name === 'VariableName') bind(module, scope, nameOf(module, target), binding);
  if (target.name === 'ParenthesizedExpression') {
    for (const part of childrenOf(target)) bindTarget(module, scope, part, binding);
    return;
  }
  if (target.name === 'TupleExpression' || target.name === 'ArrayExpression') {
    const parts = childrenOf(target).filter((child) => !/^[()[\],]$/.test(child.name));
    bindParts(module, scope, parts, (_, element) => {
      if (binding.kind !== 'value' && binding.kind !== 'each') return binding;
      return { ...binding, place: [...(binding.place ?? []), element] };
    });
    return;
  }
  const property = target.name === 'MemberExpression' ? target.lastChild : null;
  if (property?.name === ']') noteItemByText(module, target);
  if (property?.name === ']') noteChanged(module, target.firstChild, target, 'rewritten');
  if (property?.name === 'PropertyName') {
    const name = nameOf(module, property);
    const known = module.attributes.get(name);
    if (known === undefined) module.attributes.set(name, [binding]);
    else known.push(binding);
    if (target.firstChild?.name === 'VariableName')
      module.assigned.push({ object: target.firstChild, name, binding });
  }
}
