/**
 * A Merkle tree that grows leaf by leaf. Only the root hashes of the tree's perfect subtrees are
 * kept.
 */
import { Problem } from '../skill/problem.ts';
import {
  emptyRoot,
  type Hash,
  largestPowerBelow,
  type NodeAt,
  nodeHash,
  subtreeRoot,
} from './merkle-tree.ts';

/**
 * A tree of `size` leaves, as the root hashes of the tree's perfect subtrees from left to right.
 */
export interface CompactRange {
  readonly size: number;
  readonly peaks: readonly Hash[];
}

export const emptyRange: CompactRange = { size: 0, peaks: [] };

/** The tree with one more leaf. */
export function appendLeaf(range: CompactRange, leaf: Hash): CompactRange {
  const peaks = [...range.peaks];
  let node = leaf;
  // Each trailing one bit of the size stands for a perfect subtree as large as the new subtree.
  for (let bits = range.size; bits % 2 === 1; bits = Math.floor(bits / 2)) {
    const left = peaks.pop();
    if (left === undefined)
      throw new Problem('log-invalid', 'The compact range has fewer peaks than its size says');
    node = nodeHash(left, node);
  }
  return { size: range.size + 1, peaks: [...peaks, node] };
}

/** Root hash of the tree. */
export function rangeRoot({ peaks }: CompactRange): Hash {
  return peaks.length === 0 ? emptyRoot : peaks.reduceRight((right, left) => nodeHash(left, right));
}

/**
 * Inclusion proofs (RFC 6962 §2.1.1) of leaves that are appended to the tree `before` together, one
 * for each leaf. The proofs are for the tree that ends with the last of them.
 */
export function proofsOfAppended(before: CompactRange, leaves: readonly Hash[]): Hash[][] {
  const nodeAt = nodesAfter(before, leaves);
  const size = before.size + leaves.length;
  return leaves.map((_, at) => inclusionProofFrom(before.size + at, size, nodeAt));
}

// Every node to the left of an appended leaf is a peak, or has an appended leaf below it.
function nodesAfter(before: CompactRange, leaves: readonly Hash[]): NodeAt {
  const nodes = new Map<string, Hash>();
  let start = 0;
  for (const [at, level] of levelsOf(before.size).entries()) {
    const peak = before.peaks[at];
    if (peak === undefined)
      throw new Problem('log-invalid', 'The compact range has fewer peaks than its size says');
    nodes.set(`${level} ${start / 2 ** level}`, peak);
    start += 2 ** level;
  }
  for (const [at, leaf] of leaves.entries()) nodes.set(`0 ${before.size + at}`, leaf);
  const nodeAt: NodeAt = (level, index) => {
    const place = `${level} ${index}`;
    const known = nodes.get(place);
    if (known !== undefined) return known;
    if (level === 0) throw new Problem('log-invalid', `The tree has no leaf ${index}`);
    const made = nodeHash(nodeAt(level - 1, index * 2), nodeAt(level - 1, index * 2 + 1));
    nodes.set(place, made);
    return made;
  };
  return nodeAt;
}

/** The levels of a tree's peaks, from left to right: the one bits of its size. */
function levelsOf(size: number): number[] {
  const bits = size === 0 ? '' : size.toString(2);
  return [...bits].flatMap((bit, at) => (bit === '1' ? [bits.length - 1 - at] : []));
}

/** Inclusion proof (RFC 6962 §2.1.1) of the leaf `index` in the tree of `size` leaves. */
export function inclusionProofFrom(index: number, size: number, nodeAt: NodeAt): Hash[] {
  if (!Number.isSafeInteger(index) || index < 0 || index >= size)
    throw new Problem('log-invalid', `Cannot prove entry ${index} in a log of ${size}`);
  return pathTo(index, 0, size, nodeAt);
}

// PATH of RFC 6962 §2.1.1, within the leaves [from, from + count).
function pathTo(index: number, from: number, count: number, nodeAt: NodeAt): Hash[] {
  if (count === 1) return [];
  const split = largestPowerBelow(count);
  return index < split
    ? [...pathTo(index, from, split, nodeAt), subtreeRoot(from + split, count - split, nodeAt)]
    : [
        ...pathTo(index - split, from + split, count - split, nodeAt),
        subtreeRoot(from, split, nodeAt),
      ];
}
