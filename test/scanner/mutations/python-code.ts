/** Mutators of Python, by the parser that the scanner uses, too. */
import type { SyntaxNode, Tree } from '@lezer/common';
import { parser } from '@lezer/python';
import { applyEdits, cutOf, type Edit } from './edits.ts';

interface Name {
  readonly node: SyntaxNode;
  readonly text: string;
}

function nodesOf(tree: Tree): SyntaxNode[] {
  const nodes: SyntaxNode[] = [];
  tree.iterate({ enter: (ref) => void nodes.push(ref.node) });
  return nodes;
}

/** Gives imports, variables and functions other names; imports keep theirs in front of `as`. */
export function renamePython(code: string): string | undefined {
  const nodes = nodesOf(parser.parse(code));
  const text = (node: SyntaxNode): string => code.slice(node.from, node.to);
  const variables: Name[] = nodes
    .filter((node) => node.name === 'VariableName')
    .map((node) => ({ node, text: text(node) }));
  const kept = new Set(
    nodes
      .filter((node) => node.name === 'ArgList' || node.name === 'ParamList')
      .flatMap((node) => keywordsOf(node, text)),
  );
  for (const { node, text: name } of variables)
    if (isInClass(node) || /^__/.test(name)) kept.add(name);
  const names = new Map<string, string>();
  const edits: Edit[] = [];
  for (const { node, text: name } of variables)
    if (declares(node) && !kept.has(name) && !names.has(name))
      names.set(name, `zq${names.size}_${name.length}`);
  for (const node of nodes.filter((one) => one.name === 'ImportStatement'))
    edits.push(...importEdits(node, names, kept, text));
  for (const { node, text: name } of variables) {
    const next = names.get(name);
    if (next !== undefined && node.parent?.name !== 'ImportStatement')
      edits.push({ start: node.from, end: node.to, text: next });
  }
  return edits.length === 0 ? undefined : applyEdits(code, edits);
}

function keywordsOf(list: SyntaxNode, text: (node: SyntaxNode) => string): string[] {
  const found: string[] = [];
  for (let child = list.firstChild; child !== null; child = child.nextSibling)
    if (
      child.name === 'VariableName' &&
      (list.name === 'ParamList' || child.nextSibling?.name === 'AssignOp')
    )
      found.push(text(child));
  return found;
}

function isInClass(node: SyntaxNode): boolean {
  const statement =
    node.parent?.name === 'FunctionDefinition' || node.parent?.name === 'AssignStatement'
      ? node.parent
      : undefined;
  return (
    statement?.parent?.parent?.name === 'ClassDefinition' || node.parent?.name === 'ClassDefinition'
  );
}

function declares(node: SyntaxNode): boolean {
  const parent = node.parent;
  if (parent?.name === 'AssignStatement') {
    const sign = parent.getChild('AssignOp');
    return sign !== null && node.to <= sign.from;
  }
  if (parent?.name === 'ForStatement') return node.prevSibling?.name === 'for';
  if (parent?.name === 'WithStatement') return node.prevSibling?.name === 'as';
  return parent?.name === 'FunctionDefinition' && node.prevSibling?.name === 'def';
}

// `import a`, `from a import b`: each name that is not yet another gets one; `import a.b` and `*`
// stay.
function importEdits(
  node: SyntaxNode,
  names: Map<string, string>,
  kept: ReadonlySet<string>,
  text: (node: SyntaxNode) => string,
): Edit[] {
  const edits: Edit[] = [];
  let isBehindImport = node.firstChild?.name === 'import';
  for (let child = node.firstChild; child !== null; child = child.nextSibling) {
    if (child.name === 'import') isBehindImport = true;
    else if (isBehindImport && child.name === 'VariableName') {
      const before = child.prevSibling?.name;
      const behind = child.nextSibling?.name;
      const name = text(child);
      if (before === '.' || behind === '.' || behind === 'as' || kept.has(name)) continue;
      const next = names.get(name) ?? `zq${names.size}_${name.length}`;
      names.set(name, next);
      edits.push({
        start: child.from,
        end: child.to,
        text: before === 'as' ? next : `${name} as ${next}`,
      });
    }
  }
  return edits;
}

/** Writes texts as sums of their halves. */
export function splitPython(code: string): string | undefined {
  const edits = nodesOf(parser.parse(code)).flatMap((node): Edit[] => {
    const written = code.slice(node.from, node.to);
    const [, prefix = '', quote = ''] = /^([bBrRuU]{0,2})(["'])(?!\2\2)/.exec(written) ?? [];
    if (
      node.name !== 'String' ||
      quote === '' ||
      node.parent?.name === 'ExpressionStatement' ||
      node.parent?.name === 'ContinuedString'
    )
      return [];
    const inner = written.slice(prefix.length + 1, -1);
    const cut = inner.length < 4 ? undefined : cutOf(inner);
    if (cut === undefined) return [];
    const text = `(${prefix}${quote}${inner.slice(0, cut)}${quote} + ${prefix}${quote}${inner.slice(cut)}${quote})`;
    return [{ start: node.from, end: node.to, text }];
  });
  return edits.length === 0 ? undefined : applyEdits(code, edits);
}

/** Puts all statements behind the first imports into a branch that is always taken. */
export function wrapPython(code: string): string | undefined {
  if (/"""|'''|^from __future__|\\\n/m.test(code)) return undefined;
  const statements = topLevel(code);
  const first = statements.find(({ name }) => name !== 'ImportStatement' && name !== 'Comment');
  if (first === undefined) return undefined;
  const body = code.slice(first.from).trimEnd().split('\n');
  return `${code.slice(0, first.from)}if len("zq") == 2:\n${body.map((line) => (line === '' ? '' : `    ${line}`)).join('\n')}\n`;
}

/**
 * Functions of the top level in a file of their own, with the imports; undefined when they need
 * more of the file.
 */
export function movePython(
  code: string,
  module: string,
): { readonly kept: string; readonly moved: string } | undefined {
  const statements = topLevel(code);
  const functions = statements.filter(({ name }) => name === 'FunctionDefinition');
  const imports = statements.filter(({ name }) => name === 'ImportStatement');
  const others = statements.filter(
    ({ name }) => !/^(FunctionDefinition|ImportStatement|Comment)$/.test(name),
  );
  if (functions.length === 0 || others.length === 0) return undefined;
  const text = (node: SyntaxNode): string => code.slice(node.from, node.to);
  const declared = new Set(
    nodesOf(parser.parse(code))
      .filter(
        (node) =>
          node.name === 'VariableName' &&
          declares(node) &&
          !functions.some((one) => one.from < node.from && node.to < one.to),
      )
      .map(text),
  );
  const uses = nodesOf(parser.parse(functions.map(text).join('\n'))).filter(
    ({ name }) => name === 'VariableName',
  );
  const used = functions.map(text).join('\n');
  if (uses.some((node) => declared.has(used.slice(node.from, node.to)))) return undefined;
  const names = functions.map((one) => text(one).match(/^def\s+(\w+)/)?.[1] ?? '').join(', ');
  const edits = functions.map((one) => ({
    start: one.from,
    end: one.to,
    text: text(one).replace(/[^\n]/g, ''),
  }));
  return {
    kept: `from ${module} import ${names}\n${applyEdits(code, edits)}`,
    moved: `${imports.map(text).join('\n')}\n\n${functions.map(text).join('\n\n')}\n`,
  };
}

function topLevel(code: string): SyntaxNode[] {
  const nodes: SyntaxNode[] = [];
  for (let node = parser.parse(code).topNode.firstChild; node !== null; node = node.nextSibling)
    nodes.push(node);
  return nodes;
}
