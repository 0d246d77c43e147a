/** What statements of Python may change. */

import { changingMethods } from '../assignments/updates.ts';
import { childrenOf, enteredNames, nameOf } from '../nodes.ts';
import type { PyNode, PythonModule } from '../program.ts';
import type { FoldPlace } from '../run.ts';
import { walk } from '../tree.ts';

/** What statements that cannot be followed may have changed is not known any more. */
export function forget({ module, frame }: FoldPlace, node: PyNode): 'through' {
  for (const name of assignedIn(module, node)) frame.names.set(name, undefined);
  return 'through';
}

/**
 * What an expression that is not computed whole may have changed on the way: `[o := o + c for c in
 * x]`, `all(l.append(c) for c in x)`.
 */
export function forgetNested(here: FoldPlace, node: PyNode): void {
  walk(node, (one) => {
    if (one.name === 'NamedExpression' && one.firstChild !== null) forgetRoot(here, one.firstChild);
    const callee = one.name === 'CallExpression' && one !== node ? one.firstChild : null;
    const method =
      callee?.lastChild?.name === 'PropertyName' ? nameOf(here.module, callee.lastChild) : '';
    if (callee !== null && changingMethods.has(method)) forgetRoot(here, callee);
    return one.name !== 'FunctionDefinition';
  });
}

/** What an import or a class gives a name is not gone through. */
export function forgetBound({ module, frame }: FoldPlace, node: PyNode): 'through' {
  for (const one of node.getChildren('VariableName'))
    if (frame.followed?.has(nameOf(module, one)) !== false)
      frame.names.set(nameOf(module, one), undefined);
  return 'through';
}

/** What functions of the skill put into lists that they are given is not known. */
export function forgetFilled({ module, frame }: FoldPlace, node: PyNode): void {
  if (module.fills.size === 0) return;
  walk(node, (one) => {
    for (const name of module.fills.get(one) ?? []) frame.names.set(name, undefined);
    return one.name !== 'FunctionDefinition';
  });
}

/** The names that statements give values or change. */
export function assignedIn(module: PythonModule, node: PyNode): Set<string> {
  const names = new Set<string>();
  walk(node, (one) => {
    if (one.name === 'FunctionDefinition') return false;
    for (const name of module.fills.get(one) ?? []) names.add(name);
    if (one.name !== 'VariableName') return true;
    const previous = one.prevSibling?.name;
    const isTarget =
      /^(Assign|Update)Statement$/.test(one.parent?.name ?? '') &&
      (previous === undefined || previous === ',' || previous === 'AssignOp');
    const isLoop = one.parent?.name === 'ForStatement' && (previous === 'for' || previous === ',');
    const isNamed = one.parent?.name === 'NamedExpression' && previous === undefined;
    const isObject =
      one.parent?.name === 'MemberExpression' &&
      previous === undefined &&
      one.parent.nextSibling?.name !== 'CompareOp';
    if (previous === 'as' && one.parent?.name === 'WithStatement')
      for (const name of enteredNames(module, one)) names.add(name);
    else if (
      isTarget ||
      isLoop ||
      isNamed ||
      isObject ||
      previous === 'as' ||
      one.parent?.name === 'CapturePattern' ||
      one.parent?.name === 'AsPattern'
    )
      names.add(nameOf(module, one));
    return true;
  });
  return names;
}

/** The names that `with … as` gives. */
export function enteredIn(module: PythonModule, node: PyNode): readonly string[] {
  return childrenOf(node).flatMap((child) =>
    child.prevSibling?.name === 'as' ? enteredNames(module, child) : [],
  );
}

/** `a` of `a.b[c]` is not known any more. */
export function forgetRoot({ module, frame }: FoldPlace, node: PyNode): void {
  let root: PyNode | null = node;
  while (root?.name === 'MemberExpression') root = root.firstChild;
  if (root?.name === 'VariableName') frame.names.set(nameOf(module, root), undefined);
}
