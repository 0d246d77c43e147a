/**
 * The evidence of a version as a tree: valid parts, invalid parts with reasons, and where the
 * installed files are.
 */
import type { ChainNode } from '../../skills-index/trust/decision/chain.ts';
import { joined, type OutputInk, Safe, safe } from '../terminal/output.ts';

/** A line with its children. */
export interface Branch {
  readonly line: Safe;
  readonly of: readonly Branch[];
}

/**
 * The tree; its first line has no mark. Longer lines than `width` continue below, beside the bars.
 */
export function treeText({ line, of }: Branch, width = Number.POSITIVE_INFINITY): Safe {
  return joined([line, ...linesOf(of, width)], '\n');
}

/** A part of the evidence: its own reasons first, then notes, then the parts that depend on it. */
export function chainBranch(
  { holds, undemanded, says, notes, reasons, of }: ChainNode,
  ink: OutputInk,
): Branch {
  return {
    line: safe`${undemanded === true ? '·' : holds ? ink.green('✓') : ink.red('✗')} ${says}`,
    of: [
      ...reasons.map(({ code, message }) => leaf(safe`${ink.red(code)}: ${message}`)),
      ...notes.map((note) => leaf(safe`${note}`)),
      ...of.map((one) => chainBranch(one, ink)),
    ],
  };
}

export function leaf(line: Safe): Branch {
  return { line, of: [] };
}

function linesOf(branches: readonly Branch[], width: number): Safe[] {
  return branches.flatMap(({ line, of }, at) => {
    const last = at === branches.length - 1;
    const [first = line, ...more] = wrapped(line, width - 3);
    const below = [
      ...more.map((one) => safe`${of.length > 0 ? '│  ' : '   '}${one}`),
      ...linesOf(of, width - 3),
    ];
    return [
      safe`${last ? '└─ ' : '├─ '}${first}`,
      ...below.map((one) => safe`${last ? '   ' : '│  '}${one}`),
    ];
  });
}

// Only at spaces: a digest that is split cannot be copied.
function wrapped({ text }: Safe, width: number): Safe[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const longer = lines.length === 0 ? word : `${lines.at(-1)} ${word}`;
    // Continued lines are indented by three columns.
    if (lines.length > 0 && columnsOf(longer) > (lines.length === 1 ? width : width - 3))
      lines.push(word);
    else lines.splice(-1, 1, longer);
  }
  return lines.map((one) => new Safe(one));
}

function columnsOf(text: string): number {
  return Array.from(text.replace(/\u001b\[[\d;]*m/g, '')).length;
}
