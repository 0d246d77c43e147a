/** The chain of evidence as a tree for people: what holds, what does not and why, and where the installed files are. */
import type { ChainNode } from '../skills-index/trust/decision-chain.ts';
import { type Ink, joined, type Safe, safe } from './output.ts';

/** A line with what stands below it. */
export interface Branch {
  readonly line: Safe;
  readonly of: readonly Branch[];
}

/** The tree, its first line without any mark. */
export function treeText({ line, of }: Branch): Safe {
  return joined([line, ...linesOf(of)], '\n');
}

/** A part of the chain: its own reasons first, then what is worth knowing, then what rests on it. */
export function chainBranch({ holds, undemanded, says, notes, reasons, of }: ChainNode, ink: Ink): Branch {
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

function linesOf(branches: readonly Branch[]): Safe[] {
  return branches.flatMap(({ line, of }, at) => {
    const last = at === branches.length - 1;
    return [safe`${last ? '└─ ' : '├─ '}${line}`, ...linesOf(of).map((below) => safe`${last ? '   ' : '│  '}${below}`)];
  });
}
