/** What statements of Python may change. */
import type { FoldFrame } from './python-fold-value.ts';
import { nameOf, type PythonModule } from './python-module.ts';
import { type PyNode, walk } from './python-tree.ts';

/** What statements that cannot be followed may have changed is not known any more. */
export function forget(module: PythonModule, node: PyNode, frame: FoldFrame): 'through' {
  for (const name of assignedIn(module, node)) frame.names.set(name, undefined);
  return 'through';
}

/** The names that statements give values or change. */
export function assignedIn(module: PythonModule, node: PyNode): Set<string> {
  const names = new Set<string>();
  walk(node, (one) => {
    if (one.name === 'FunctionDefinition') return false;
    if (one.name !== 'VariableName') return true;
    const previous = one.prevSibling?.name;
    const isTarget =
      /^(Assign|Update)Statement$/.test(one.parent?.name ?? '') &&
      (previous === undefined || previous === ',' || previous === 'AssignOp');
    const isLoop = one.parent?.name === 'ForStatement' && (previous === 'for' || previous === ',');
    const isNamed = one.parent?.name === 'NamedExpression' && previous === undefined;
    const isObject =
      one.parent?.name === 'MemberExpression' && previous === undefined && one.parent.nextSibling?.name !== 'CompareOp';
    if (isTarget || isLoop || isNamed || isObject || previous === 'as') names.add(nameOf(module, one));
    return true;
  });
  return names;
}
