/**
 * Syntax trees of Python: plain nodes that are made once, so that what is found out about an
 * expression can stay with it.
 */
import { Tree } from '@lezer/common';

/** A node; its siblings include punctuation and comments. Places are offsets in UTF-16 units. */
export class PyNode {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  readonly parent: PyNode | null;
  firstChild: PyNode | null = null;
  lastChild: PyNode | null = null;
  nextSibling: PyNode | null = null;
  prevSibling: PyNode | null = null;
  private listed: readonly PyNode[] | undefined = undefined;

  constructor(name: string, from: number, to: number, parent: PyNode | null) {
    this.name = name;
    this.from = from;
    this.to = to;
    this.parent = parent;
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

const none: readonly PyNode[] = [];

/** Depth of the parser's own tree of Python. From 2,500 on, the parser's trees are wrong. */
const pythonParserDepthMax = 2_400;

/** Depth of a Python tree. Deeper nodes are not analysed. */
const pythonTreeDepthMax = 1_000;

/**
 * The nodes of a parser's tree, and the places where some are left out since they are deeper than
 * the limit. The first operand of an operand is no deeper than that: chains have a limit of their
 * own. The parser enforces the limit of chains only while it follows a single way to read the text,
 * so the depth of its tree is limited as well.
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
  const deep = deepTrees(tree);
  const depths = [1];
  for (let node = top; depths.length > 0; ) {
    const inner = (depths.at(-1) ?? 1) + (chained(node) ? 0 : 1);
    const isDeep = inner > pythonTreeDepthMax || (cursor.tree !== null && deep.has(cursor.tree));
    if (cursor.firstChild()) {
      if (!isDeep) {
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

// The trees whose parts @lezer/common may have put into one flat list. The parts' order and even
// their types are then wrong: records of the parser's own become nodes.
function deepTrees(tree: Tree): ReadonlySet<Tree> {
  const deep = new Set<Tree>();
  const open = [{ tree, depth: 0 }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (next.depth >= pythonParserDepthMax) deep.add(next.tree);
    for (const child of next.tree.children)
      if (child instanceof Tree) open.push({ tree: child, depth: next.depth + 1 });
  }
  return deep;
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
