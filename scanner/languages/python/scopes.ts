/** Which names the scopes of a Python module bind, and which modules of the skill it imports. */

import { type PyNode, walk } from './tree.ts';

/** A module, class, function, lambda or comprehension, with the names that it binds. */
export interface PyScope {
  readonly kind: 'module' | 'class' | 'function';
  readonly node: PyNode;
  readonly around: PyScope | undefined;
  readonly names: Set<string>;
  readonly params: Set<string>;
  /** Names that something else than an import binds. */
  readonly assigned: Set<string>;
  /** What imports bind to a name. */
  readonly imports: Map<string, Import[]>;
  /** Names that it binds in the module, or in a function around: `global x`, `nonlocal x`. */
  readonly outside: Map<string, 'global' | 'nonlocal'>;
  /** Whether it gives its values one by one: it has a `yield`. */
  isGenerator: boolean;
}

/** What opens a scope of its own. */
const opens = /^(FunctionDefinition|LambdaExpression|ClassDefinition|\w*ComprehensionExpression)$/;

function isComprehension({ name }: PyNode): boolean {
  return name.endsWith('ComprehensionExpression');
}

function aroundLoops(scope: PyScope): PyScope {
  let at = scope;
  while (isComprehension(at.node) && at.around !== undefined) at = at.around;
  return at;
}

/** The scopes of a module, by the nodes that open them. */
export function scopesOf(top: PyNode, textOf: (node: PyNode) => string): Map<PyNode, PyScope> {
  const scopes = new Map<PyNode, PyScope>();
  const module = newScope(top, 'module', undefined);
  scopes.set(top, module);
  // The scope in which a walk is: looking for it from each node upwards would cost the depth.
  let here = module;
  const scopeAt = (node: PyNode): PyScope => {
    while (here.around !== undefined && !isInside(node, here.node)) here = here.around;
    return here;
  };
  // A comprehension binds the names of its loops only; `:=` binds in what stands around it.
  const bind = (scope: PyScope, node: PyNode | null | undefined): void => {
    for (const name of namesIn(node)) {
      const written = textOf(name).normalize('NFKC');
      if (scope.outside.get(written) !== undefined) continue;
      scope.names.add(written);
      scope.assigned.add(written);
    }
  };
  // `global x` counts for the whole function, also above.
  walk(top, (node) => {
    const scope = scopeAt(node);
    if (opens.test(node.name)) {
      here = newScope(node, node.name === 'ClassDefinition' ? 'class' : 'function', scope);
      scopes.set(node, here);
    }
    if (node.name !== 'ScopeStatement') return true;
    const how = node.firstChild?.name === 'global' ? 'global' : 'nonlocal';
    for (const name of node.getChildren('VariableName'))
      scope.outside.set(textOf(name).normalize('NFKC'), how);
    return true;
  });
  here = module;
  walk(top, (node) => {
    const scope = scopeAt(node);
    here = scopes.get(node) ?? here;
    switch (node.name) {
      case 'FunctionDefinition':
      case 'ClassDefinition':
        bind(aroundLoops(scope), node.getChild('VariableName'));
        break;
      case 'ParamList':
        for (const child of node.children)
          if (child.name === 'VariableName' && child.prevSibling?.name !== 'AssignOp') {
            bind(scope, child);
            scope.params.add(textOf(child).normalize('NFKC'));
          }
        break;
      case 'AssignStatement': {
        const ends = node.children.findLastIndex(({ name }) => name === 'AssignOp');
        for (const child of node.children.slice(0, ends < 0 ? undefined : ends)) bind(scope, child);
        break;
      }
      case 'UpdateStatement':
        bind(scope, node.firstChild);
        break;
      case 'NamedExpression':
        bind(aroundLoops(scope), node.firstChild);
        break;
      case 'for': {
        const inner = scopes.get(node.parent ?? node) ?? scope;
        for (let at = node.nextSibling; at !== null && at.name !== 'in'; at = at.nextSibling)
          bind(inner, at);
        break;
      }
      case 'as':
        if (node.parent?.name !== 'ImportStatement' && node.nextSibling !== null)
          for (const name of enteredNames(textOf(node.nextSibling))) {
            scope.names.add(name);
            scope.assigned.add(name);
          }
        break;
      case 'ImportStatement':
        for (const one of importsOf(node, textOf)) {
          scope.names.add(one.as);
          const others = scope.imports.get(one.as) ?? [];
          others.push(one);
          scope.imports.set(one.as, others);
        }
        break;
      case 'CapturePattern':
      case 'StarPattern':
        bind(scope, node);
        break;
      case 'YieldStatement':
      case 'YieldExpression':
        scope.isGenerator = true;
    }
    return true;
  });
  return scopes;
}

function isInside({ from, to }: PyNode, around: PyNode): boolean {
  return around.from <= from && to <= around.to;
}

function newScope(node: PyNode, kind: PyScope['kind'], around: PyScope | undefined): PyScope {
  return {
    kind,
    node,
    around,
    names: new Set(),
    params: new Set(),
    assigned: new Set(),
    imports: new Map(),
    outside: new Map(),
    isGenerator: false,
  };
}

// The names that a target binds: not those of the objects whose parts are set.
function namesIn(node: PyNode | null | undefined): PyNode[] {
  if (node === null || node === undefined) return [];
  if (node.name === 'VariableName') return [node];
  if (!/^(Tuple|Array|Parenthesized)Expression$|Pattern$/.test(node.name)) return [];
  return node.children.flatMap(namesIn);
}

/** The names after `as`: the parser takes `(a, b)` for one. */
export function enteredNames(written: string): readonly string[] {
  return (written.match(/(?<![\p{L}\d_.])[\p{L}_][\p{L}\d_]*/gu) ?? []).map((name) =>
    name.normalize('NFKC'),
  );
}

/** One name that an `import` binds: `from of import name as as`, or `import of as as`. */
export interface Import {
  readonly node: PyNode;
  /** The module as it is written, with its dots. */
  readonly of: string;
  readonly name: string | undefined;
  readonly as: string;
}

export function importsOf(node: PyNode, textOf: (node: PyNode) => string): Import[] {
  // Python compares names as NFKC has them.
  const nameIn = (one: PyNode): string => textOf(one).normalize('NFKC');
  const words = node.children.filter(({ name }) => name !== '(' && name !== ')');
  const at = words.findIndex(({ name }) => name === 'import');
  const from = words[0]?.name === 'from' ? words.slice(1, at).map(nameIn).join('') : undefined;
  const groups: PyNode[][] = [[]];
  for (const word of words.slice(at + 1))
    if (word.name === ',') groups.push([]);
    else groups.at(-1)?.push(word);
  return groups.flatMap((group): Import[] => {
    const [first] = group;
    if (first === undefined) return [];
    const by = group.findIndex(({ name }) => name === 'as');
    const path = (by < 0 ? group : group.slice(0, by)).map(nameIn).join('');
    const alias = by < 0 ? undefined : group[by + 1];
    const as = alias === undefined ? undefined : nameIn(alias);
    if (from !== undefined) return [{ node: first, of: from, name: path, as: as ?? path }];
    return [{ node: first, of: path, name: undefined, as: as ?? path.replace(/\..*$/, '') }];
  });
}
