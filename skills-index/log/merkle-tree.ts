/**
 * The Merkle tree of RFC 6962 §2.1: hashes, a compact range that grows leaf by leaf, and proofs.
 */
import { hash as digestOnce } from 'node:crypto';
import { Problem } from '../skill/problem.ts';

/** 32 bytes. */
export type Hash = Uint8Array;

/** Size and root hash of a tree. */
export interface TreeHead {
  readonly size: number;
  readonly root: Hash;
}

const leafPrefix = Uint8Array.of(0);
const nodePrefix = Uint8Array.of(1);

/** RFC 6962 leaf hash: SHA-256(0x00 ‖ entry). */
export function leafHash(entry: Uint8Array): Hash {
  return sha256(Buffer.concat([leafPrefix, entry]));
}

/** RFC 6962 node hash: SHA-256(0x01 ‖ left ‖ right). */
export function nodeHash(left: Hash, right: Hash): Hash {
  return sha256(Buffer.concat([nodePrefix, left, right]));
}

/**
 * A tree of `size` leaves, held as the roots of its perfect subtrees from left to right: all that
 * appending needs.
 */
export interface CompactRange {
  readonly size: number;
  readonly peaks: readonly Hash[];
}

export const emptyRange: CompactRange = { size: 0, peaks: [] };

/** The range with one more leaf. */
export function appendLeaf(range: CompactRange, leaf: Hash): CompactRange {
  const peaks = [...range.peaks];
  let node = leaf;
  // Each trailing one bit of the size is a perfect subtree as large as the one just made.
  for (let bits = range.size; bits % 2 === 1; bits = Math.floor(bits / 2))
    node = nodeHash(peaks.pop() ?? missing(), node);
  return { size: range.size + 1, peaks: [...peaks, node] };
}

/** Root hash of the tree; of an empty one the hash of nothing. */
export function rangeRoot(range: CompactRange): Hash {
  if (range.peaks.length === 0) return sha256(Buffer.alloc(0));
  return range.peaks.reduceRight((right, left) => nodeHash(left, right));
}

/**
 * Inclusion proof of the leaf that is appended to `before`, in the tree right after it: no other
 * leaf is needed.
 */
export function proofOfAppended(before: CompactRange): Hash[] {
  return [...before.peaks].reverse();
}

/** Hash of the perfect subtree of 2^level leaves, the `index`-th of its level. */
export type NodeAt = (level: number, index: number) => Hash;

/** Nodes from leaves: for small trees and for tests, as it hashes every leaf below. */
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

/** The same from nodes of any level, as tiles hold them: O(log² size) of them are asked for. */
export function inclusionProofFrom(index: number, size: number, nodeAt: NodeAt): Hash[] {
  if (!Number.isSafeInteger(index) || index < 0 || index >= size) {
    throw new Problem('log-invalid', `Cannot prove entry ${index} in a log of ${size}`);
  }
  return pathTo(index, 0, size, nodeAt);
}

/** Consistency proof (RFC 6962 §2.1.2) from the tree of `first` leaves to that of `second`. */
export function consistencyProof(
  first: number,
  second: number,
  leafHashAt: (index: number) => Hash,
): Hash[] {
  return consistencyProofFrom(first, second, nodesFromLeaves(leafHashAt));
}

/** The same from nodes of any level. */
export function consistencyProofFrom(first: number, second: number, nodeAt: NodeAt): Hash[] {
  if (
    !Number.isSafeInteger(first) ||
    !Number.isSafeInteger(second) ||
    first < 0 ||
    first > second
  ) {
    throw new Problem(
      'log-invalid',
      `Cannot prove that a log of ${second} continues one of ${first}`,
    );
  }
  return first === 0 ? [] : subproof(first, 0, second, true, nodeAt);
}

/** Root of the tree of `size` leaves from nodes of any level. */
export function treeRootFrom(size: number, nodeAt: NodeAt): Hash {
  return size === 0 ? rangeRoot(emptyRange) : subtree(0, size, nodeAt);
}

/**
 * Whether the proof shows the leaf at `index` in the tree with this size and root (RFC 9162
 * §2.1.3.2).
 */
export function verifyInclusion(claim: {
  readonly leaf: Hash;
  readonly index: number;
  readonly size: number;
  readonly root: Hash;
  readonly proof: readonly Hash[];
}): boolean {
  const { index, size, proof } = claim;
  if (!Number.isSafeInteger(index) || !Number.isSafeInteger(size) || index < 0 || index >= size)
    return false;
  if (!proof.every(isHash)) return false;
  let at = index;
  let last = size - 1;
  let hash = claim.leaf;
  for (const sibling of proof) {
    if (last === 0) return false;
    if (at % 2 === 1 || at === last) {
      hash = nodeHash(sibling, hash);
      // Ends: what is last and even is not the first, as there is more than one.
      while (at % 2 === 0) [at, last] = [half(at), half(last)];
    } else {
      hash = nodeHash(hash, sibling);
    }
    [at, last] = [half(at), half(last)];
  }
  return last === 0 && equal(hash, claim.root);
}

/** What is claimed of two trees, the second at least as large as the first. */
export interface ConsistencyClaim {
  readonly first: TreeHead;
  readonly second: TreeHead;
  readonly proof: readonly Hash[];
}

/**
 * Whether the proof shows that the second tree has the first as its beginning (RFC 9162 §2.1.4.2).
 */
export function verifyConsistency(claim: ConsistencyClaim): boolean {
  const { first, second, proof } = claim;
  if (!isClaim(claim)) return false;
  if (first.size === second.size) return proof.length === 0 && equal(first.root, second.root);
  if (first.size === 0) return proof.length === 0 && equal(first.root, rangeRoot(emptyRange));
  const shown = shownRoots(claim);
  return shown !== undefined && equal(shown.older, first.root) && equal(shown.newer, second.root);
}

/**
 * Whether a proof, which cannot be forged, shows that the second tree begins with another tree than
 * the first. When the first size is a power of two, the proof contains the first root itself, so
 * nothing can be shown.
 */
export function provesOtherPast(claim: ConsistencyClaim): boolean {
  const { first, second } = claim;
  if (!isClaim(claim) || first.size === 0 || first.size === second.size) return false;
  const shown = shownRoots(claim);
  return shown !== undefined && equal(shown.newer, second.root) && !equal(shown.older, first.root);
}

function isClaim({ first, second, proof }: ConsistencyClaim): boolean {
  const older = first.size;
  const newer = second.size;
  const inOrder =
    Number.isSafeInteger(older) && Number.isSafeInteger(newer) && older >= 0 && older <= newer;
  return inOrder && proof.every(isHash);
}

// The two roots that the proof leads to; undefined for one that is too long or too short.
function shownRoots({
  first,
  second,
  proof,
}: ConsistencyClaim): { readonly older: Hash; readonly newer: Hash } | undefined {
  const isPower = Number.isInteger(Math.log2(first.size));
  const [start = first.root, ...rest] = isPower ? [first.root, ...proof] : proof;
  let at = first.size - 1;
  let last = second.size - 1;
  while (at % 2 === 1) [at, last] = [half(at), half(last)];
  let older = start;
  let newer = start;
  for (const sibling of rest) {
    if (last === 0) return undefined;
    if (at % 2 === 1 || at === last) {
      [older, newer] = [nodeHash(sibling, older), nodeHash(sibling, newer)];
      while (at % 2 === 0) [at, last] = [half(at), half(last)];
    } else {
      newer = nodeHash(newer, sibling);
    }
    [at, last] = [half(at), half(last)];
  }
  return last === 0 ? { older, newer } : undefined;
}

// MTH of the leaves [from, from + count): perfect subtrees are nodes of a level, the rest is split
// as RFC 6962 says.
function subtree(from: number, count: number, nodeAt: NodeAt): Hash {
  const split = largestPowerBelow(count);
  if (count === 1 || split * 2 === count) return nodeAt(Math.log2(count), from / count);
  return nodeHash(subtree(from, split, nodeAt), subtree(from + split, count - split, nodeAt));
}

function pathTo(index: number, from: number, count: number, nodeAt: NodeAt): Hash[] {
  if (count === 1) return [];
  const split = largestPowerBelow(count);
  return index < split
    ? [...pathTo(index, from, split, nodeAt), subtree(from + split, count - split, nodeAt)]
    : [...pathTo(index - split, from + split, count - split, nodeAt), subtree(from, split, nodeAt)];
}

// SUBPROOF of RFC 6962 §2.1.2; `whole` says that the first tree's subtree here is one that its
// holder knows.
function subproof(
  first: number,
  from: number,
  count: number,
  whole: boolean,
  nodeAt: NodeAt,
): Hash[] {
  if (first === count) return whole ? [] : [subtree(from, count, nodeAt)];
  const split = largestPowerBelow(count);
  return first <= split
    ? [...subproof(first, from, split, whole, nodeAt), subtree(from + split, count - split, nodeAt)]
    : [
        ...subproof(first - split, from + split, count - split, false, nodeAt),
        subtree(from, split, nodeAt),
      ];
}

// The largest power of two that is smaller than `count` (RFC 6962's k); 1 for counts up to 2.
function largestPowerBelow(count: number): number {
  let power = 1;
  while (power * 2 < count) power *= 2;
  return power;
}

function half(value: number): number {
  return Math.floor(value / 2);
}

// Node's one-call hash is faster, and a log needs millions of hashes.
function sha256(bytes: Uint8Array): Hash {
  return digestOnce('sha256', bytes, 'buffer');
}

function isHash(hash: Hash): boolean {
  return hash.byteLength === 32;
}

function equal(a: Hash, b: Hash): boolean {
  return Buffer.compare(a, b) === 0;
}

function missing(): never {
  throw new Problem('log-invalid', 'The compact range has fewer peaks than its size says');
}
