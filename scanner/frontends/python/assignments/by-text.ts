/**
 * Names and attributes of Python that are given a value by their text: `globals()["x"] = y`,
 * `setattr(x, "y", z)`, `x.__dict__.update(y=z)`.
 */

import { lookUp } from '../names/lookup.ts';
import { argumentsOf, childrenOf, nameOf, scopeOf, textOf } from '../nodes.ts';
import type { CellChange, PyNode, PythonFunction, PythonModule, PythonScope } from '../program.ts';

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

// What changes a value after a name was given it: `x += 1`, `x.append(1)`, `x[0] = 1`, and
// functions that do so with a parameter.

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
