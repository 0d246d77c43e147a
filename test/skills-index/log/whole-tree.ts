/** Proofs and roots of small trees from all of their leaves, and the tiles that a log would serve. */
import { inclusionProofFrom } from '../../../skills-index/log/compact-range.ts';
import {
  consistencyProofFrom,
  type Hash,
  type NodeAt,
  nodeHash,
} from '../../../skills-index/log/merkle-tree.ts';
import {
  type TileId,
  type TreeQuestion,
  tileWidthMax,
} from '../../../skills-index/log/tile-proof.ts';
import { Problem } from '../../../skills-index/skill/problem.ts';

/** Nodes from leaves; hashes every leaf below a node. */
export function nodesFromLeaves(leafHashAt: (index: number) => Hash): NodeAt {
  const nodeAt: NodeAt = (level, index) =>
    level === 0
      ? leafHashAt(index)
      : nodeHash(nodeAt(level - 1, index * 2), nodeAt(level - 1, index * 2 + 1));
  return nodeAt;
}

/** Inclusion proof (RFC 6962 §2.1.1) of leaf `index` in the tree of `size` leaves. */
export function inclusionProof(
  index: number,
  size: number,
  leafHashAt: (index: number) => Hash,
): Hash[] {
  return inclusionProofFrom(index, size, nodesFromLeaves(leafHashAt));
}

/** Inclusion proof as a question about tiles. */
export function inclusionQuestion(index: number, size: number): TreeQuestion<Hash[]> {
  return (nodeAt) => inclusionProofFrom(index, size, nodeAt);
}

/** Consistency proof (RFC 6962 §2.1.2) from the tree of `first` leaves to that of `second`. */
export function consistencyProof(
  first: number,
  second: number,
  leafHashAt: (index: number) => Hash,
): Hash[] {
  return consistencyProofFrom(first, second, nodesFromLeaves(leafHashAt));
}

/** Content of a hash tile: the hashes of its nodes. */
export function hashTile({ level, index, width }: TileId, nodeAt: NodeAt): Uint8Array {
  if (level === 'entries') throw new Problem('log-invalid', 'An entry bundle is not a hash tile');
  const first = index * tileWidthMax;
  return Buffer.concat(Array.from({ length: width }, (_, at) => nodeAt(level * 8, first + at)));
}
