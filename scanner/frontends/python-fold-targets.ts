/** What statements of Python may change. */
import type { SyntaxNode } from '@lezer/common';
import type { FoldFrame } from './python-fold-value.ts';
import { nameOf, type PythonModule } from './python-module.ts';

/** What statements that cannot be followed may have changed is not known any more. */
export function forget(module: PythonModule, node: SyntaxNode, frame: FoldFrame): 'through' {
  for (const name of assignedIn(module, node)) frame.names.set(name, undefined);
  return 'through';
}

/** The names that statements give values or change. */
export function assignedIn(module: PythonModule, node: SyntaxNode): Set<string> {
  const names = new Set<string>();
  node.cursor().iterate((at) => {
    if (at.name === 'FunctionDefinition') return false;
    if (at.name !== 'VariableName') return undefined;
    const one = at.node;
    const previous = one.prevSibling?.name;
    const isTarget =
      /^(Assign|Update)Statement$/.test(one.parent?.name ?? '') &&
      (previous === undefined || previous === ',' || previous === 'AssignOp');
    const isLoop = one.parent?.name === 'ForStatement' && (previous === 'for' || previous === ',');
    const isNamed = one.parent?.name === 'NamedExpression' && previous === undefined;
    const isObject =
      one.parent?.name === 'MemberExpression' && previous === undefined && one.parent.nextSibling?.name !== 'CompareOp';
    if (isTarget || isLoop || isNamed || isObject || previous === 'as') names.add(nameOf(module, one));
    return undefined;
  });
  return names;
}
