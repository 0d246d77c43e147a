/** What a tree of Ruby says by itself, and what the library's table says of names. */
import * as nodes from '@ruby/prism/src/nodes.js';
import { call, variable } from '../../ir/build.ts';
import type { Arg, Extent, Func, Node, Param } from '../../ir/ir.ts';
import { rubyKnowledge } from '../../knowledge/ruby.ts';
import { own } from '../../lookup-tables/api.ts';

export type Tree = nodes.Node;

/** Trees inside one another. */
export const depthMax = 250;
/** Scopes around a constant in which it is looked for. */
export const scopesMax = 16;

type Kinds = typeof nodes;
/** How a tree of each kind is lowered. */
export type Cases = {
  readonly [Kind in keyof Kinds]?: (tree: InstanceType<Kinds[Kind]>, at: Extent) => Node;
};
/** `a = b` of any kind of place, and `a += b`, `a ||= b`. */
export type RubyWrite = Exclude<
  Extract<Tree, { value: Tree; operatorLoc: unknown }>,
  { pattern: unknown }
>;

/** Where a text stands without its quotes. */
export type Within = nodes.Location | null;

/** A class or module, or the program. */
export interface RubyScope {
  readonly name: string;
  readonly isModule: boolean;
  readonly around?: RubyScope;
  /** Functions, which the engine looks for before all else. */
  readonly functions: Node[];
  /** Modules that it includes. */
  readonly modules: Node[];
  isStatic: boolean;
}

export function scopeOf(name: string, isModule: boolean, around?: RubyScope): RubyScope {
  const about = { name, isModule, functions: [], modules: [], isStatic: false };
  return { ...about, ...(around && { around }) };
}

const kinds = new Map<unknown, string>(Object.entries(nodes).map(([name, kind]) => [kind, name]));

/** The name of a tree's class, whatever a bundler calls it. */
export function kindOf(tree: Tree): string {
  return kinds.get(tree.constructor) ?? '';
}

/** The trees in a tree, in order; Prism's own `compactChildNodes` leaves out lists. */
export function childrenOf(tree: Tree): Tree[] {
  return tree.childNodes().filter((one) => one !== null);
}

/** `A::B`, with `::` before it where that stands there. */
export function pathOf(tree: Tree | null): string | undefined {
  let end = '';
  let one = tree;
  while (one instanceof nodes.ConstantPathNode || one instanceof nodes.ConstantPathTargetNode) {
    end = `::${one.name ?? ''}${end}`;
    one = one.parent;
  }
  if (one instanceof nodes.ConstantReadNode) return `${one.name}${end}`;
  return one === null && end !== '' ? end : undefined;
}

/** Longer names of scopes are not put before others. */
const scopeCharsMax = 500;

export function joined(around: string, path: string): string {
  return around === '' || around.length > scopeCharsMax ? path : `${around}::${path}`;
}

export function literalOf(tree: Tree | undefined): string | undefined {
  const isText = tree instanceof nodes.SymbolNode || tree instanceof nodes.StringNode;
  return isText ? tree.unescaped.value : undefined;
}

export function argumentsOf({ arguments_ }: { arguments_: nodes.ArgumentsNode | null }): Tree[] {
  return arguments_?.arguments_ ?? [];
}

/** Whether a tree stands for a place, a variable or an item, that can be set. */
export function isSlot(tree: Tree): boolean {
  const isItem =
    tree instanceof nodes.CallNode && tree.name === '[]' && argumentsOf(tree).length === 1;
  return isItem || /^(Local|Instance|Class|Global)VariableReadNode$/.test(kindOf(tree));
}

export function isKeyword(tree: Tree): boolean {
  return tree instanceof nodes.AssocNode
    ? tree.key instanceof nodes.SymbolNode
    : tree instanceof nodes.AssocSplatNode;
}

/** Parameters that take all that is left, with the names that they have where they have none. */
export const restParams: Readonly<Record<string, Omit<Param, keyof Extent>>> = {
  RestParameterNode: { name: '*', rest: 'list' },
  KeywordRestParameterNode: { name: '**', rest: 'record' },
  BlockParameterNode: { name: '&', isBlock: true },
};

export function forwarded(at: Extent): Arg[] {
  return [
    { value: variable(at, '*'), spread: true },
    { value: variable(at, '**'), spread: true },
    { value: variable(at, '&'), name: '&' },
  ];
}

/** A function that hands all that it gets to another. */
export function forwarding(at: Extent, callee: Node): Func {
  const params = Object.values(restParams).map((one) => ({ ...at, ...one }));
  return { ...at, params, body: call(at, callee, forwarded(at)), captures: 'all', givesLast: true };
}

export const operators: ReadonlySet<string> = new Set(
  '+ - * / % ** & | ^ << >> == != < <= > >='.split(' '),
);

const { rows, names, computing } = rubyKnowledge;

export function isRow(name: string): boolean {
  return own(rows, name) !== undefined;
}

/** The library's classes and modules, with those around them. */
export const libraryNames: ReadonlySet<string> = new Set(
  [...Object.keys(rows), ...Object.keys(names)].flatMap((key) => {
    const owner = key.replace(/[#.].*$/s, '').split('::');
    return /^[A-Z]/.test(key) ? owner.map((_, end) => owner.slice(0, end + 1).join('::')) : [];
  }),
);

/** Whether a name without a module before it is one of the library's. */
export function isOfLibrary(name: string): boolean {
  return libraryNames.has(name) || computing?.test(name) === true;
}

/** Whether a function of the table has a block, and no row that says how it is called. */
export function handsOver(owner: string | undefined, name: string): boolean {
  const known = owner === undefined ? undefined : own(rows, `${owner}.${name}`);
  if (known !== undefined) return !known.effects.some(({ does }) => does === 'call');
  return callsBlock.get(name) === false;
}

/** For the names of all methods, whether one of that name calls its block. */
const callsBlock = new Map<string, boolean>();
for (const [key, { effects }] of Object.entries(rows)) {
  const name = key.replace(/^.*[.#]/s, '');
  const isCalling = callsBlock.get(name) === true || effects.some(({ does }) => does === 'call');
  callsBlock.set(name, isCalling);
}
