/**
 * Syntax trees of Python: plain nodes that are made once, so that what is found out about an
 * expression can stay with it.
 */
import type { Tree } from '@lezer/common';
import { pythonTreeDepthMax } from '../../../limits.ts';
import type { MaybeFolded } from '../fold/value.ts';
import type { PyValue } from '../run.ts';
import type { CallArguments } from './arguments.ts';

/** A node; its siblings include punctuation and comments. Places are offsets in UTF-16 units. */
export class PyNode {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  readonly parent: PyNode | null;
  /** The function, lambda or class that it stands in. */
  readonly home: PyNode | null;
  firstChild: PyNode | null = null;
  lastChild: PyNode | null = null;
  nextSibling: PyNode | null = null;
  prevSibling: PyNode | null = null;
  /** Its value, once it is known; `busy` while it is being found. */
  value: PyValue | 'busy' | undefined = undefined;
  /** What computing it gave, and whether that went through a decoder. */
  folded:
    | { readonly value: MaybeFolded; readonly decodes: boolean; readonly guesses: boolean }
    | undefined = undefined;
  /** Its name as Python compares names, and its arguments, once somebody asked. */
  named: string | undefined = undefined;
  given: CallArguments | undefined = undefined;
  private listed: readonly PyNode[] | undefined = undefined;

  constructor(name: string, from: number, to: number, parent: PyNode | null) {
    this.name = name;
    this.from = from;
    this.to = to;
    this.parent = parent;
    this.home = parent === null ? null : isHome(parent.name) ? parent : parent.home;
    const before = parent?.lastChild ?? null;
    this.prevSibling = before;
    if (before !== null) before.nextSibling = this;
    else if (parent !== null) parent.firstChild = this;
    if (parent !== null) parent.lastChild = this;
  }

  get isError(): boolean {
    return this.name === '⚠';
  }

  /** All but comments. */
  get children(): readonly PyNode[] {
    if (this.listed !== undefined) return this.listed;
    if (this.firstChild === null) return none;
    const found: PyNode[] = [];
    for (let child: PyNode | null = this.firstChild; child !== null; child = child.nextSibling)
      if (child.name !== 'Comment') found.push(child);
    this.listed = found;
    return found;
  }

  getChild(name: string): PyNode | null {
    let child = this.firstChild;
    while (child !== null && child.name !== name) child = child.nextSibling;
    return child;
  }

  getChildren(name: string): PyNode[] {
    const found: PyNode[] = [];
    for (let child = this.firstChild; child !== null; child = child.nextSibling)
      if (child.name === name) found.push(child);
    return found;
  }
}

/**
 * The nodes of a parser's tree, and the places where some are left out since they are deeper than
 * the limit. The first operand of an operand is no deeper than that: chains have a limit of their
 * own.
 */
export function nodesOfTree(
  tree: Tree,
  text: string,
): { readonly top: PyNode; readonly cut: readonly number[] } {
  const cursor = tree.cursor();
  const make = (parent: PyNode): PyNode => {
    const name = cursor.type.isError
      ? (validName(parent, cursor.from, cursor.to, text) ?? cursor.name)
      : cursor.name;
    return new PyNode(name, cursor.from, cursor.to, parent);
  };
  const top = new PyNode(cursor.name, cursor.from, cursor.to, null);
  const cut: number[] = [];
  const depths = [1];
  for (let node = top; depths.length > 0; ) {
    const inner = (depths.at(-1) ?? 1) + (chained(node) ? 0 : 1);
    if (cursor.firstChild()) {
      if (inner <= pythonTreeDepthMax) {
        node = make(node);
        depths.push(inner);
        continue;
      }
      cut.push(cursor.from);
      cursor.parent();
    }
    while (depths.length > 0 && !cursor.nextSibling()) {
      cursor.parent();
      node = node.parent ?? top;
      depths.pop();
    }
    if (depths.length === 0) break;
    node = make(node.parent ?? top);
    depths[depths.length - 1] = (depths.at(-2) ?? 0) + 1;
  }
  return { top, cut };
}

// What the parser takes for an error and Python does not: `yield` alone, `case str():`, `[a for a,
// *_ in x]`.
function validName(parent: PyNode, from: number, to: number, text: string): string | undefined {
  if (/^Yield(Statement|Expression)$/.test(parent.name)) return from === to ? 'None' : undefined;
  const before = parent.lastChild?.name;
  if (/^(\w*ComprehensionExpression|ArgList)$/.test(parent.name))
    return text.slice(from, to) === '*' &&
      (before === 'for' || before === ',') &&
      parent.getChild('for') !== null
      ? '*'
      : undefined;
  const list = parent.name === 'LiteralPattern' ? parent.parent : parent;
  return list?.name === 'PatternArgList' && /^\(\s{0,99}\)$/.test(text.slice(list.from, list.to))
    ? 'Empty'
    : undefined;
}

// Expressions of which the first part may be such an expression again, and so on, often.
function chained({ name }: PyNode): boolean {
  return name === 'BinaryExpression' || name === 'CallExpression' || name === 'MemberExpression';
}

/** How deep a chain is gone into before it is computed from its innermost part on. */
export const spineStep = 40;

/**
 * Of a long chain `a + b + c + …`, every so many inner parts from the innermost on, as far as they
 * are not known.
 */
export function spineOf(node: PyNode, isKnown: (one: PyNode) => boolean): PyNode[] {
  const found: PyNode[] = [];
  let count = 0;
  for (let at = node.firstChild; at !== null && chained(at) && !isKnown(at); at = at.firstChild)
    if (++count % spineStep === 0) found.push(at);
  return found.reverse();
}

/**
 * Visits a node and all below it, in the order of the text; not what is below a node for which
 * `enter` gives false.
 */
export function walk(top: PyNode, enter: (node: PyNode) => boolean | undefined): void {
  for (let node: PyNode | null = top; node !== null; ) {
    const inner: PyNode | null = enter(node) === false ? null : node.firstChild;
    if (inner !== null) {
      node = inner;
      continue;
    }
    while (node !== null && node !== top && node.nextSibling === null) node = node.parent;
    node = node === top || node === null ? null : node.nextSibling;
  }
}

function isHome(name: string): boolean {
  return name === 'FunctionDefinition' || name === 'LambdaExpression' || name === 'ClassDefinition';
}

const none: readonly PyNode[] = [];
