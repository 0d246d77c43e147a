/**
 * Functions of a skill that are called by other ways than their names: given to others, kept in
 * tables, looked up by text.
 */

import { lookUp } from '../names/lookup.ts';
import { nameOf, scopeOf, textOf } from '../nodes.ts';
import type { Binding, PyNode, PythonFunction, PythonModule } from '../program.ts';
import { walk } from '../tree.ts';

/** The ids of functions whose callers are not all known. */
export function openFunctions(modules: ReadonlyMap<string, PythonModule>): Set<string> {
  const all = [...modules.values()].flatMap(({ functions }) => functions);
  const named = Map.groupBy(all, ({ name }) => name);
  const found = new Set<string>();
  const add = (definitions: readonly PythonFunction[]): void => {
    for (const { id } of definitions) found.add(id);
  };
  const seen = new Set<readonly Binding[]>();
  const addName = (bindings: readonly Binding[]): void => {
    if (!seen.has(bindings))
      add(bindings.flatMap((one) => (one.kind === 'function' ? [one.definition] : [])));
    seen.add(bindings);
  };
  const used = new Set<string>();
  const addMethods = (name: string): void => {
    if (!used.has(name)) add(named.get(name)?.filter(({ owner }) => owner !== undefined) ?? []);
    used.add(name);
  };
  for (const module of modules.values())
    walk(module.top, (node) => {
      if (node.name === 'VariableName' && isUsed(node))
        addName(lookUp(scopeOf(module, node), nameOf(module, node))?.bindings ?? []);
      if (node.name === 'PropertyName' && node.parent !== null && isUsed(node.parent))
        addMethods(nameOf(module, node));
      if (node.name === 'LambdaExpression')
        add([module.functionsAt.get(node.from)].filter((one) => one !== undefined));
      if (node.name === 'String' && isLookUp(module, node))
        add(named.get(textOf(module, node).slice(1, -1)) ?? []);
      return true;
    });
  return found;
}

// A name or member that is not the callee of a call.
function isUsed({ parent, prevSibling, nextSibling }: PyNode): boolean {
  if (parent === null || nextSibling?.name === 'AssignOp') return false;
  if (
    /^(FunctionDefinition|ClassDefinition|Decorator|ImportStatement|ScopeStatement)$/.test(
      parent.name,
    )
  )
    return false;
  if (parent.name === 'ParamList') return prevSibling?.name === 'AssignOp';
  if (parent.name === 'MemberExpression' && prevSibling === null) return isTampering(parent);
  return parent.name !== 'CallExpression' || prevSibling !== null;
}

// `f.__defaults__ = (x,)`
function isTampering({ lastChild, nextSibling }: PyNode): boolean {
  return lastChild?.name === 'PropertyName' && nextSibling?.name === 'AssignOp';
}

// `getattr(x, "name")`, `globals()["name"]`
function isLookUp(module: PythonModule, node: PyNode): boolean {
  const { parent } = node;
  const table = /(globals|locals|vars)\s*\([^)]{0,80}\)(\.get)?$|__dict__(\.get)?$/;
  if (parent?.name === 'MemberExpression')
    return table.test(textOf(module, parent.firstChild ?? parent));
  const callee = parent?.name === 'ArgList' ? parent.parent?.firstChild : undefined;
  const written = callee === null || callee === undefined ? '' : textOf(module, callee);
  return (
    table.test(written) || /(^|\.)(getattr|attrgetter|methodcaller|__getattribute__)$/.test(written)
  );
}
