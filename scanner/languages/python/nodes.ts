/** Sources of Python with their trees and scopes, and small questions about nodes. */

import { unescaped } from '../../engine/library/codecs.ts';
import { present } from '../../fact/remembered.ts';
import type { TaintSource } from '../../fact/source.ts';
import type { Steps } from '../../fact/steps.ts';
import * as ir from '../../ir/build.ts';
import type { Extent, Node } from '../../ir/ir.ts';
import { parsePython } from './parse.ts';
import { type PyScope, scopesOf } from './scopes.ts';
import { nodesOfTree, type PyNode, walk } from './tree.ts';

export interface ParsedPython {
  readonly source: TaintSource;
  readonly top: PyNode;
  readonly scopes: ReadonlyMap<PyNode, PyScope>;
  readonly unread: { at: number; reason: string }[];
  /** Where the parser went on after an error. */
  readonly errors: readonly number[];
}

/** Parses a source, and finds what its scopes bind. */
export function readPython(source: TaintSource, steps: Steps): ParsedPython {
  steps.take(1 + (source.text.length >> 4));
  const { tree, stoppedAt } = parsePython(source.text, (count) => {
    steps.take(count);
    return true;
  });
  const { top, cut } = nodesOfTree(tree, source.text);
  const unread = [...cut, ...present(stoppedAt)].map((at) => ({
    at,
    reason: 'not all of it is Python',
  }));
  const scopes = scopesOf(top, (node) => source.text.slice(node.from, node.to));
  const errors: number[] = [];
  walk(top, (node) => {
    if (node.isError) errors.push(node.from);
    return true;
  });
  return { source, top, scopes, unread, errors };
}

// The name of a member of a library, with its dots; nothing for all else.
export function nameOf(node: Node): string {
  if (node.kind === 'global') return node.name;
  const owner = node.kind === 'member' ? nameOf(node.of) : '';
  return node.kind === 'member' && owner !== '' ? `${owner}.${String(node.name)}` : '';
}

// A copy of another object with this name is the same to whoever reads it.
export function isEnvironment(made: Node): boolean {
  if (made.kind === 'global') return /^(os|posix)\.environb?$/.test(made.name);
  return made.kind === 'member' && /^environb?$/.test(String(made.name));
}

// Not for one of its parts, and not to ask what is in it.
export function isHandedOn({ parent, prevSibling, nextSibling }: PyNode): boolean {
  if (parent?.name === 'BinaryExpression')
    return !/^(in|not)$/.test((prevSibling ?? nextSibling)?.name ?? '');
  if (parent?.name === 'MemberExpression') return prevSibling !== null;
  return parent?.name !== 'DeleteStatement';
}

export function placeOf({ from, to }: PyNode): Extent {
  return { start: from, end: to };
}

export function load(at: Extent, path: string): Node {
  return { ...at, kind: 'load', path: ir.constant(at, path) };
}

/** Marks and words that mean nothing by themselves. */
export function isMeaningful({ name }: PyNode): boolean {
  return /^[A-Z]/.test(name) || name === 'None' || name === '...';
}

/** What stands between commas. */
export function groupsOf(nodes: readonly PyNode[]): PyNode[][] {
  const groups: PyNode[][] = [[]];
  for (const node of nodes)
    if (node.name === ',') groups.push([]);
    else if (!/^[()[\]{}]$/.test(node.name)) groups.at(-1)?.push(node);
  return groups.filter((group) => group.length > 0);
}

export function capturesIn(node: PyNode): PyNode[] {
  if (node.name === 'CapturePattern') return node.getChildren('VariableName');
  if (node.name === 'AsPattern')
    return [...node.getChildren('VariableName'), ...node.children.flatMap(capturesIn)];
  return /Pattern|PatternArgList/.test(node.name) ? node.children.flatMap(capturesIn) : [];
}

/** The text of a literal as it stands in the program. */
export function textIn(written: string): string {
  const [, prefix = '', quote = ''] = /^([a-zA-Z]*)("""|'''|"|')/.exec(written) ?? [];
  const inner = written.slice(
    prefix.length + quote.length,
    written.endsWith(quote) ? -quote.length : undefined,
  );
  return /r/i.test(prefix) ? inner : unescaped(inner);
}

export const builtins: ReadonlySet<string> = new Set(
  'abs all any ascii bin bool breakpoint bytearray bytes callable chr classmethod compile complex delattr dict dir divmod enumerate eval exec filter float format frozenset getattr globals hasattr hash help hex id input int isinstance issubclass iter len list locals map max memoryview min next object oct open ord pow print property range repr reversed round set setattr slice sorted staticmethod str sum super tuple type vars zip __import__ __name__ __file__ Exception BaseException ValueError TypeError KeyError RuntimeError'.split(
    ' ',
  ),
);
