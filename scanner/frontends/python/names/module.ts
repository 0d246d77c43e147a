/**
 * Python modules read once: scopes, what binds each name in them, functions and their call sites.
 */
import type { Source } from '../../../fact/source.ts';
import type { Steps } from '../../../fact/steps.ts';
import { bindByText } from '../changes/by-text.ts';
import { parsePython } from '../syntax/parse.ts';
import { nodesOfTree, type PyNode, walk } from '../syntax/tree.ts';
import { bindChanges, type Change } from '../values/updates.ts';
import { bindAll } from './bindings.ts';

/**
 * What gives a name its value; `place` is the part of it, from the outside inwards, -1 for a place
 * that is not known.
 */
export type Binding =
  | {
      readonly kind: 'value';
      readonly node: PyNode;
      readonly place?: readonly number[];
      readonly entered?: true;
    }
  /** An exception that is caught, of what stands in this `try`. */
  | { readonly kind: 'raised'; readonly node: PyNode }
  | { readonly kind: 'each'; readonly node: PyNode; readonly place?: readonly number[] }
  /** A change of what the name held before. */
  | { readonly kind: 'update'; readonly node: PyNode; readonly change: Change }
  | { readonly kind: 'import'; readonly qual: string }
  | { readonly kind: 'function'; readonly definition: PythonFunction }
  | { readonly kind: 'class'; readonly name: string }
  | { readonly kind: 'parameter'; readonly definition: PythonFunction; readonly index: number };

export interface Scope {
  readonly id: string;
  readonly kind: 'module' | 'function' | 'class';
  readonly parent: Scope | undefined;
  readonly names: Map<string, Binding[]>;
  /** Names that a function binds outside: `global x`, `nonlocal x`. */
  readonly outside?: Set<string>;
}

export interface PythonFunction {
  readonly id: string;
  readonly name: string;
  readonly module: PythonModule;
  readonly scope: Scope;
  readonly parameters: readonly {
    readonly name: string;
    readonly fallback: PyNode | undefined;
    readonly star: '' | '*' | '**';
    readonly node: PyNode;
  }[];
  readonly returns: PyNode[];
  /** It is a generator. */
  yields: boolean;
  readonly node: PyNode;
  /** It is read as an attribute. */
  readonly property: boolean;
  /** Its first parameter is the object, or the class, that it is called on. */
  readonly bound: boolean;
  /** The class whose method it is. */
  readonly owner: string | undefined;
}

export interface PythonModule {
  readonly source: Source;
  readonly top: PyNode;
  readonly scope: Scope;
  readonly functions: PythonFunction[];
  /** Values given to attributes of any object, `self.x = …`, by attribute. */
  readonly attributes: Map<string, Binding[]>;
  /** Places that change what a name holds: `x += 1`, `x.append(1)`, `x[0] = 1`. */
  readonly changes: { readonly target: PyNode; readonly by: PyNode; readonly change: Change }[];
  /** Names and attributes that are given a value by their text; `*` for a text that is computed. */
  readonly byText: { readonly node: PyNode; readonly name: string }[];
  /** Calls of the skill's functions that change what they are given, with the names of that. */
  readonly fills: Map<PyNode, string[]>;
  /** Names that functions change which are not their own, with the scope. */
  readonly shared: Set<string>;
  readonly classes: Map<string, PyNode>;
  /** Methods by `Class.method`. */
  readonly methods: Map<string, PythonFunction>;
  /** What class bodies give names, functions aside. */
  readonly inClasses: Map<string, Binding[]>;
  /** `object.name = value` at any place. */
  readonly assigned: {
    readonly object: PyNode;
    readonly name: string;
    readonly binding: Binding;
  }[];
  /** Calls by the last part of the callee's name. */
  readonly calls: Map<string, PyNode[]>;
  readonly scopes: Map<number, Scope>;
  readonly functionsAt: Map<number, PythonFunction>;
  /** Modules of which all names were imported. */
  readonly stars: string[];
  readonly errors: readonly number[];
  /** Where something was left out that is too deep, or behind too many errors. */
  readonly unread: readonly number[];
}

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

/**
 * Reads a module. What recovering from errors may cost is the file's own share, so that garbage
 * keeps no other file from being read.
 */
export function readModule(source: Source, steps: Steps, share: number): PythonModule {
  steps.take(1 + (source.text.length >> 4));
  let left = share;
  const { tree, stoppedAt } = parsePython(source.text, (count) => {
    steps.take(Math.min(count, left));
    left = Math.max(0, left - count);
    return left > 0;
  });
  const { top, cut } = nodesOfTree(tree, source.text);
  const errors: number[] = [];
  const module: PythonModule = {
    source,
    top,
    scope: { id: `${source.path}::`, kind: 'module', parent: undefined, names: new Map() },
    functions: [],
    attributes: new Map(),
    changes: [],
    byText: [],
    fills: new Map(),
    shared: new Set(),
    classes: new Map(),
    methods: new Map(),
    assigned: [],
    inClasses: new Map(),
    calls: new Map(),
    scopes: new Map(),
    functionsAt: new Map(),
    stars: [],
    errors,
    unread: [...cut, ...(stoppedAt === undefined ? [] : [stoppedAt])],
  };
  walk(top, (node) => {
    steps.take();
    if (node.isError && !isOldExec(module, node)) errors.push(node.from);
    bindAll(module, node);
    return true;
  });
  bindChanges(module);
  bindByText(module);
  for (const scope of module.scopes.values()) {
    if (scope.kind !== 'class') continue;
    for (const [name, bindings] of scope.names) {
      const values = bindings.filter((binding) => binding.kind !== 'function');
      if (values.length > 0)
        module.inClasses.set(name, [...(module.inClasses.get(name) ?? []), ...values]);
    }
  }
  return module;
}

// Between `exec` and its text, in Python 2.
function isOldExec(module: PythonModule, { prevSibling, from, to }: PyNode): boolean {
  return (
    from === to &&
    prevSibling?.name === 'ExpressionStatement' &&
    textOf(module, prevSibling).trim() === 'exec'
  );
}

/** The scope that a node stands in. */
export function scopeOf(module: PythonModule, node: PyNode): Scope {
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
