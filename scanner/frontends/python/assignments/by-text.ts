/**
 * Names and attributes of Python that are given a value by their text: `globals()["x"] = y`,
 * `setattr(x, "y", z)`, `x.__dict__.update(y=z)`.
 */

import { argumentsOf, childrenOf, nameOf, textOf } from '../nodes.ts';
import type { PyNode, PythonModule } from '../program.ts';
import { markShared } from './updates.ts';

/** Stands for a name that is not written in the code. */
const anyName = '*';

/**
 * Gives every name and attribute that is written by its text a change that may leave anything. Call
 * once all names are bound.
 */
export function bindByText(module: PythonModule): void {
  const done = new Set<string>();
  for (const { node, name } of module.byText) {
    const { names } = module.scope;
    if (done.has(anyName) && isOfModule(module, node)) continue;
    const globals = name === anyName ? [...names.keys()] : [name];
    if (isOfModule(module, node)) {
      for (const one of globals) {
        const bindings = names.get(one)?.filter(({ kind }) => kind === 'value') ?? [];
        if (bindings.length === 0 || done.has(one)) continue;
        done.add(one);
        names.get(one)?.push({ kind: 'update', node, change: 'rewritten' });
        markShared(module, module.scope, one);
      }
      done.add(name);
    } else if (name !== anyName)
      module.attributes.set(name, [
        ...(module.attributes.get(name) ?? []),
        { kind: 'update', node, change: 'rewritten' },
      ]);
  }
}

/** Notes an item of a table of names that is the target of an assignment. */
export function noteItemByText(module: PythonModule, target: PyNode): void {
  const [object, open, key] = childrenOf(target);
  if (object === undefined || open?.name !== '[' || key === undefined || !isTable(module, object))
    return;
  module.byText.push({ node: target, name: nameOfText(module, key) });
}

/** Notes a call that gives a name or an attribute a value by its text. */
export function noteCallByText(module: PythonModule, call: PyNode): void {
  const callee = call.firstChild;
  if (callee === null) return;
  const [object] = childrenOf(callee);
  const name =
    callee.lastChild?.name === 'PropertyName'
      ? nameOf(module, callee.lastChild)
      : textOf(module, callee);
  const { positional, keywords, starred } = argumentsOf(module, call);
  const add = (one: string): number => module.byText.push({ node: call, name: one });
  if (/^(setattr|__setattr__)$/.test(name)) {
    const key = positional.length === 3 ? positional[1] : positional[0];
    if (key !== undefined) add(nameOfText(module, key));
  } else if (
    object !== undefined &&
    /^(update|setdefault|__setitem__)$/.test(name) &&
    isTable(module, object)
  ) {
    for (const key of keywords.keys()) add(key);
    for (const one of name === 'update' ? [...positional, ...starred] : positional.slice(0, 1))
      for (const key of keysOf(one)) add(key === undefined ? anyName : nameOfText(module, key));
  }
}

// `globals()`, `vars(x)`, `x.__dict__`
function isTable(module: PythonModule, node: PyNode): boolean {
  return /^(builtins\.)?(globals|locals|vars)\s*\(|(^|\.)__dict__$/.test(textOf(module, node));
}

// What names of the module are given, and what no attribute of an object is.
function isOfModule(module: PythonModule, { from, to }: PyNode): boolean {
  return /\b(globals|locals)\s*\(|\bvars\s*\(\s*\)|__name__/.test(
    module.source.text.slice(from, to),
  );
}

function keysOf(node: PyNode): readonly (PyNode | undefined)[] {
  const children = childrenOf(node);
  if (node.name !== 'DictionaryExpression') return node.name === 'String' ? [node] : [undefined];
  return children.flatMap((child, at) =>
    child.name === ':' ? [children[at - 1]] : child.name === '**' ? [undefined] : [],
  );
}

function nameOfText(module: PythonModule, key: PyNode): string {
  const [, name] =
    key.name === 'String' ? (/^(?:'|")(\w+)(?:'|")$/.exec(textOf(module, key)) ?? []) : [];
  return name?.normalize('NFKC') ?? anyName;
}
