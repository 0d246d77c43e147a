/** Python modules read once: scopes, what binds each name in them, functions and their call sites. */
import type { SyntaxNode, Tree } from '@lezer/common';
import { parser } from '@lezer/python';
import { parserRecoverySteps, pythonTreeDepthMax } from '../limits.ts';
import type { Source } from '../source.ts';
import { bindAll } from './python-bindings.ts';

/** What gives a name its value. */
export type Binding =
  | { readonly kind: 'value'; readonly node: SyntaxNode; readonly element?: number; readonly entered?: true }
  /** An exception that is caught, of what stands in this `try`. */
  | { readonly kind: 'raised'; readonly node: SyntaxNode }
  | { readonly kind: 'each'; readonly node: SyntaxNode; readonly element?: number }
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
    readonly fallback: SyntaxNode | undefined;
    readonly star: '' | '*' | '**';
    readonly node: SyntaxNode;
  }[];
  readonly returns: SyntaxNode[];
  /** It is a generator. */
  yields: boolean;
  readonly node: SyntaxNode;
  /** It is read as an attribute. */
  readonly property: boolean;
  /** The class whose method it is. */
  readonly owner: string | undefined;
}

export interface PythonModule {
  readonly source: Source;
  readonly tree: Tree;
  readonly scope: Scope;
  readonly functions: PythonFunction[];
  /** Values given to attributes of any object, `self.x = …`, by attribute. */
  readonly attributes: Map<string, Binding[]>;
  /** Names whose values are changed after they were given: `x += 1`, `x.append(1)`, `x[0] = 1`. */
  readonly changed: Set<string>;
  readonly classes: Map<string, SyntaxNode>;
  /** Methods by `Class.method`. */
  readonly methods: Map<string, PythonFunction>;
  /** What class bodies give names, functions aside. */
  readonly inClasses: Map<string, Binding[]>;
  /** `object.name = value` at any place. */
  readonly assigned: { readonly object: SyntaxNode; readonly name: string; readonly binding: Binding }[];
  /** Calls by the last part of the callee's name. */
  readonly calls: Map<string, SyntaxNode[]>;
  readonly scopes: Map<number, Scope>;
  readonly functionsAt: Map<number, PythonFunction>;
  /** Modules of which all names were imported. */
  readonly stars: string[];
  readonly errors: readonly number[];
}

/** Text of a node. */
export function textOf(module: PythonModule, node: SyntaxNode): string {
  return module.source.text.slice(node.from, node.to);
}

/** A name in the form in which Python compares names (PEP 3131). */
export function nameOf(module: PythonModule, node: SyntaxNode): string {
  return textOf(module, node).normalize('NFKC');
}

export function childrenOf(node: SyntaxNode): SyntaxNode[] {
  const found: SyntaxNode[] = [];
  for (let child = node.firstChild; child !== null; child = child.nextSibling) if (child.name !== 'Comment') found.push(child);
  return found;
}

/** Reads a module. */
export function readModule(source: Source, take: (steps: number) => void): PythonModule {
  take(1 + (source.text.length >> 4));
  const tree = parseText(forParser(source.text), take);
  const errors: number[] = [];
  const module: PythonModule = {
    source,
    tree,
    scope: { id: `${source.path}::`, kind: 'module', parent: undefined, names: new Map() },
    functions: [],
    attributes: new Map(),
    changed: new Set(),
    classes: new Map(),
    methods: new Map(),
    assigned: [],
    inClasses: new Map(),
    calls: new Map(),
    scopes: new Map(),
    functionsAt: new Map(),
    stars: [],
    errors,
  };
  // Iterative: the depth of a tree is the author's choice.
  const stack: { node: SyntaxNode; scope: Scope; owner: string | undefined; depth: number }[] = [
    { node: tree.topNode, scope: module.scope, owner: undefined, depth: 0 },
  ];
  for (let item = stack.pop(); item !== undefined; item = stack.pop()) {
    take(1);
    const { node } = item;
    if (node.type.isError && !isOldExec(module, node)) errors.push(node.from);
    const depth = item.depth + 1;
    if (depth > pythonTreeDepthMax) {
      errors.push(node.from);
      continue;
    }
    const inner = bindAll(module, node, item.scope, item.owner);
    for (let child = node.lastChild; child !== null; child = child.prevSibling) stack.push({ node: child, ...inner, depth });
  }
  for (const scope of module.scopes.values()) {
    if (scope.kind !== 'class') continue;
    for (const [name, bindings] of scope.names) {
      const values = bindings.filter((binding) => binding.kind !== 'function');
      if (values.length > 0) module.inClasses.set(name, [...(module.inClasses.get(name) ?? []), ...values]);
    }
  }
  return module;
}

// Recovering from errors is dear: by the ways that the parser tries, and how deep each is. A NUL is no Python at all.
function parseText(text: string, take: (steps: number) => void): Tree {
  if (text.includes('\0')) return parser.parse('(');
  const parse = parser.startParse(text);
  for (;;) {
    const tree = parse.advance();
    if (tree !== null) return tree;
    const ways = waysOf(parse);
    if (ways.length > 1 || isRecovering(parse))
      take(ways.reduce((sum, way) => sum + parserRecoverySteps + (way.stack.length >> 4), 0));
  }
}

// What @lezer/lr 1 keeps of a parse in progress, though its types do not say so.
function waysOf(parse: object): readonly { readonly stack: readonly unknown[] }[] {
  return 'stacks' in parse && Array.isArray(parse.stacks) ? parse.stacks : [];
}

function isRecovering(parse: object): boolean {
  return 'recovering' in parse && typeof parse.recovering === 'number' && parse.recovering > 0;
}

// Between `exec` and its text, in Python 2.
function isOldExec(module: PythonModule, { prevSibling, from, to }: SyntaxNode): boolean {
  return from === to && prevSibling?.name === 'ExpressionStatement' && textOf(module, prevSibling).trim() === 'exec';
}

// What @lezer/python 1.1 takes for errors and Python does not, replaced by as many characters: `400.,`, `\\\\{{` in a format string,
// t-strings (PEP 750), decorators that are any expression (PEP 614), `print >>f, x` and `1L` of Python 2.
function forParser(text: string): string {
  return plainDecorators(text)
    .replace(/(?<=\b\d+)\.(?=[\s,)\]}:])/g, ' ')
    .replace(/\\(\{\{|\}\})/g, '\\__')
    .replace(/(?<![\w'"])([rR]?)[tT]([rR]?)(?=['"])/g, '$1f$2')
    .replace(/^([ \t]{0,200}print[ \t]{0,9})>>(?=[ \t]{0,9}[\w.]{1,80}[ \t]{0,9},)/gm, '$1  ')
    .replace(/(?<=\b(0[xX][\da-fA-F]{1,40}|\d{1,40}))[lL]\b/g, ' ');
}

// Where one decorator of several is no dotted name, all of them become `+expression`.
function plainDecorators(text: string): string {
  const loose = /^[ \t]{0,200}@(?![ \t]{0,9}[\w.]{1,200}[ \t]{0,9}(\(|\r?$|#|\\))|^[ \t]{0,200}@[ \t]{0,9}lambda\b/;
  if (!/^[ \t]{0,200}@[ \t]{0,9}(\W|[\w.]{1,200}[ \t]{0,9}[^\s(\w.#\\]|lambda\b)/m.test(text)) return text;
  const lines = text.split('\n');
  lines.forEach((line, index) => {
    if (!loose.test(line)) return;
    for (let at = index; at >= 0 && /^[ \t]*[@+]/.test(lines[at] ?? ''); at--) lines[at] = (lines[at] ?? '').replace('@', '+');
    for (let at = index + 1; /^[ \t]*@/.test(lines[at] ?? ''); at++) lines[at] = (lines[at] ?? '').replace('@', '+');
  });
  return lines.join('\n');
}

/** The scope that a node stands in. */
export function scopeOf(module: PythonModule, node: SyntaxNode): Scope {
  for (let at: SyntaxNode | null = node; at !== null; at = at.parent) {
    const scope = isScope(at.name) && at.from !== node.from ? module.scopes.get(at.from) : undefined;
    if (scope !== undefined) return scope;
  }
  return module.scope;
}

/** The function whose body a node stands in. */
export function functionOf(module: PythonModule, node: SyntaxNode): PythonFunction | undefined {
  for (let at = node.parent; at !== null; at = at.parent)
    if (at.name === 'FunctionDefinition' || at.name === 'LambdaExpression') return module.functionsAt.get(at.from);
  return undefined;
}

function isScope(name: string): boolean {
  return name === 'FunctionDefinition' || name === 'LambdaExpression' || name === 'ClassDefinition';
}
