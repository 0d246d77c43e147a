/**
 * A Merkle tree that grows leaf by leaf. Only the root hashes of the tree's perfect subtrees are
 * kept.
 */
import { Problem } from '../skill/problem.ts';
import { emptyRoot, type Hash, nodeHash } from './merkle-tree.ts';

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
 * Inclusion proof of a leaf that is appended to the tree `before`. The proof is for the tree right
 * after that leaf, and needs no other leaf.
 */
export function proofOfAppended(before: CompactRange): Hash[] {
  return [...before.peaks].reverse();
}
