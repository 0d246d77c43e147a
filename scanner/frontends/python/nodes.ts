/** What stands at a node of Python: names, texts, arguments, targets, and what it stands in. */
import type {
  CallArguments,
  PyNode,
  PythonFunction,
  PythonModule,
  PythonScope,
} from './program.ts';

/** Text of a node. */
export function textOf(module: PythonModule, node: PyNode): string {
  return module.source.text.slice(node.from, node.to);
}

/** A name in the form in which Python compares names (PEP 3131). */
export function nameOf(module: PythonModule, node: PyNode): string {
  node.named ??= textOf(module, node).normalize('NFKC');
  return node.named;
}

export function childrenOf(node: PyNode): readonly PyNode[] {
  return node.children;
}

/** The scope that a node stands in. */
export function scopeOf(module: PythonModule, node: PyNode): PythonScope {
  for (let at = node.home; at !== null; at = at.home) {
    const scope = at.from === node.from ? undefined : module.scopes.get(at.from);
    if (scope !== undefined) return scope;
  }
  return module.scope;
}

/** The function whose body a node stands in. */
export function functionOf(module: PythonModule, node: PyNode): PythonFunction | undefined {
  for (let at = node.home; at !== null; at = at.home)
    if (at.name !== 'ClassDefinition') return module.functionsAt.get(at.from);
  return undefined;
}

/** The arguments of a call. */
export function argumentsOf(module: PythonModule, call: PyNode): CallArguments {
  call.given ??= readArguments(module, call);
  return call.given;
}

function readArguments(module: PythonModule, call: PyNode): CallArguments {
  const list = call.getChild('ArgList');
  const ordered: { node: PyNode; isStarred: boolean }[] = [];
  const keywords = new Map<string, PyNode>();
  const groups: PyNode[][] = [[]];
  for (const child of list === null ? [] : childrenOf(list)) {
    if (child.name === ',') groups.push([]);
    else if (child.name !== '(' && child.name !== ')') groups.at(-1)?.push(child);
  }
  for (const [first, second, third] of groups) {
    if (first === undefined) continue;
    if (second?.name === 'AssignOp' && third !== undefined)
      keywords.set(nameOf(module, first), third);
    else if ((first.name === '*' || first.name === '**') && second !== undefined)
      ordered.push({ node: second, isStarred: true });
    else ordered.push({ node: first, isStarred: false });
  }
  const starred = ordered.filter((one) => one.isStarred).map(({ node }) => node);
  const positional = ordered.filter((one) => !one.isStarred).map(({ node }) => node);
  return { positional, keywords, starred, ordered };
}

/** The names after `as`: the parser knows one, and takes `(a, b)` for one. */
export function enteredNames(module: PythonModule, target: PyNode): readonly string[] {
  const written = textOf(module, target);
  return (written.match(/(?<![\p{L}\d_.])[\p{L}_][\p{L}\d_]*/gu) ?? []).map((name) =>
    name.normalize('NFKC'),
  );
}

/** The targets and the value of `a = b, c = value`. */
export function assignmentParts(node: PyNode): { targets: PyNode[][]; values: PyNode[] } {
  const groups: PyNode[][] = [[]];
  for (const child of childrenOf(node)) {
    if (child.name === 'AssignOp') groups.push([]);
    else if (child.name !== 'TypeDef' && child.name !== ',') groups.at(-1)?.push(child);
  }
  const values = groups.length > 1 ? (groups.pop() ?? []) : [];
  return { targets: groups, values };
}
