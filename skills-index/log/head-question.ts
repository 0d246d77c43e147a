/** Computes the head of a tree from the tree's nodes. */
import { emptyRoot, type Hash, type NodeAt, subtreeRoot, type TreeHead } from './merkle-tree.ts';
import type { TreeQuestion } from './tile-proof.ts';

/** Head of the tree of the first `size` leaves. */
export function headQuestion(size: number): TreeQuestion<TreeHead> {
  return (nodeAt) => ({ size, root: treeRootFrom(size, nodeAt) });
}

/** Root hash of the tree of `size` leaves, from nodes of any level. */
export function treeRootFrom(size: number, nodeAt: NodeAt): Hash {
  return size === 0 ? emptyRoot : subtreeRoot(0, size, nodeAt);
}
