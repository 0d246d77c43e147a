/** The Merkle tree of RFC 6962 §2.1: hashes, a compact range that grows leaf by leaf, and proofs. */
import { createHash } from 'node:crypto';
import { Problem } from '../skill/problem.ts';

/** 32 bytes. */
export type Hash = Uint8Array;

/** RFC 6962 leaf hash: SHA-256(0x00 ‖ entry). */
export function leafHash(entry: Uint8Array): Hash {
  return createHash('sha256').update(Uint8Array.of(0)).update(entry).digest();
}

/** RFC 6962 node hash: SHA-256(0x01 ‖ left ‖ right). */
export function nodeHash(left: Hash, right: Hash): Hash {
  return createHash('sha256').update(Uint8Array.of(1)).update(left).update(right).digest();
}

/** A tree of `size` leaves, held as the roots of its perfect subtrees from left to right: all that appending needs. */
export interface CompactRange {
  readonly size: number;
  readonly peaks: readonly Hash[];
}

export const emptyRange: CompactRange = { size: 0, peaks: [] };

/** The range with one more leaf. */
export function appendLeaf(_range: CompactRange, _leaf: Hash): CompactRange {
  throw new Problem('internal', 'not written yet');
}

/** Root hash of the tree. */
export function rangeRoot(_range: CompactRange): Hash {
  throw new Problem('internal', 'not written yet');
}

/** Inclusion proof of the leaf that is appended to `before`, in the tree right after it: no other leaf is needed. */
export function proofOfAppended(_before: CompactRange): Hash[] {
  throw new Problem('internal', 'not written yet');
}

/** Inclusion proof (RFC 6962 §2.1.1) of leaf `index` in the tree of `size` leaves. */
export function inclusionProof(_index: number, _size: number, _leafHashAt: (index: number) => Hash): Hash[] {
  throw new Problem('internal', 'not written yet');
}

/** Consistency proof (RFC 6962 §2.1.2) from the tree of `first` leaves to that of `second`. */
export function consistencyProof(_first: number, _second: number, _leafHashAt: (index: number) => Hash): Hash[] {
  throw new Problem('internal', 'not written yet');
}

/** Whether the proof shows the leaf at `index` in the tree with this size and root (RFC 9162 §2.1.3.2). */
export function verifyInclusion(_claim: {
  readonly leaf: Hash;
  readonly index: number;
  readonly size: number;
  readonly root: Hash;
  readonly proof: readonly Hash[];
}): boolean {
  throw new Problem('internal', 'not written yet');
}

/** Whether the proof shows that the second tree has the first as its beginning (RFC 9162 §2.1.4.2). */
export function verifyConsistency(_claim: {
  readonly first: TreeHead;
  readonly second: TreeHead;
  readonly proof: readonly Hash[];
}): boolean {
  throw new Problem('internal', 'not written yet');
}

export interface TreeHead {
  readonly size: number;
  readonly root: Hash;
}
