/** The Merkle tree of RFC 6962 §2.1: hashes, consistency proofs, and the verification of proofs. */
import { hash as digestOnce } from 'node:crypto';
import { Problem } from '../skill/problem.ts';

/** A hash of a node or leaf of the tree, 32 bytes. */
export type Hash = Uint8Array;

/** Size and root hash of a tree. */
export interface TreeHead {
  readonly size: number;
  readonly root: Hash;
}

const leafPrefix = Uint8Array.of(0);
const nodePrefix = Uint8Array.of(1);

/** Root hash of the tree without leaves. */
export const emptyRoot: Hash = sha256(new Uint8Array());

/** RFC 6962 leaf hash: SHA-256(0x00 ‖ entry). */
export function leafHash(entry: Uint8Array): Hash {
  return sha256(Buffer.concat([leafPrefix, entry]));
}

/** RFC 6962 node hash: SHA-256(0x01 ‖ left ‖ right). */
export function nodeHash(left: Hash, right: Hash): Hash {
  return sha256(Buffer.concat([nodePrefix, left, right]));
}

/** Gives the hash of the perfect subtree of 2^level leaves that is the `index`-th of its level. */
export type NodeAt = (level: number, index: number) => Hash;

/**
 * Consistency proof (RFC 6962 §2.1.2) from the tree of `first` leaves to the tree of `second`
 * leaves.
 */
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
      // The inner loop ends: an even index that is the last of its level is above 0, so it has a
      // one bit.
      while (at % 2 === 0) [at, last] = [half(at), half(last)];
    } else {
      hash = nodeHash(hash, sibling);
    }
    [at, last] = [half(at), half(last)];
  }
  return last === 0 && equal(hash, claim.root);
}

/** A claim that the second of two trees continues the first tree. */
export interface ConsistencyClaim {
  readonly first: TreeHead;
  readonly second: TreeHead;
  readonly proof: readonly Hash[];
}

/** Whether the proof shows that the second tree begins with the first tree (RFC 9162 §2.1.4.2). */
export function verifyConsistency(claim: ConsistencyClaim): boolean {
  const { first, second, proof } = claim;
  if (!isConsistencyClaim(claim)) return false;
  if (first.size === second.size) return proof.length === 0 && equal(first.root, second.root);
  if (first.size === 0) return proof.length === 0 && equal(first.root, emptyRoot);
  const shown = rootsShownBy(claim);
  return shown !== undefined && equal(shown.older, first.root) && equal(shown.newer, second.root);
}

/**
 * Whether the claim's sizes and hashes are well-formed, and the second tree is not smaller than the
 * first tree.
 */
export function isConsistencyClaim({ first, second, proof }: ConsistencyClaim): boolean {
  const older = first.size;
  const newer = second.size;
  const inOrder =
    Number.isSafeInteger(older) && Number.isSafeInteger(newer) && older >= 0 && older <= newer;
  return inOrder && proof.every(isHash);
}

/**
 * The root hashes of the first and second tree that a consistency proof leads to; undefined for a
 * proof that is too long or too short. The first tree must not be empty, and must be smaller than
 * the second tree.
 */
export function rootsShownBy({
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

/**
 * Root hash of the leaves [from, from + count). A perfect subtree is a node of its level. RFC 6962
 * splits every other subtree in two.
 */
export function subtreeRoot(from: number, count: number, nodeAt: NodeAt): Hash {
  const split = largestPowerBelow(count);
  if (count === 1 || split * 2 === count) return nodeAt(Math.log2(count), from / count);
  return nodeHash(
    subtreeRoot(from, split, nodeAt),
    subtreeRoot(from + split, count - split, nodeAt),
  );
}

// SUBPROOF of RFC 6962 §2.1.2. `whole` is true where the holder of the first tree already knows the
// root hash of this subtree.
function subproof(
  first: number,
  from: number,
  count: number,
  whole: boolean,
  nodeAt: NodeAt,
): Hash[] {
  if (first === count) return whole ? [] : [subtreeRoot(from, count, nodeAt)];
  const split = largestPowerBelow(count);
  return first <= split
    ? [
        ...subproof(first, from, split, whole, nodeAt),
        subtreeRoot(from + split, count - split, nodeAt),
      ]
    : [
        ...subproof(first - split, from + split, count - split, false, nodeAt),
        subtreeRoot(from, split, nodeAt),
      ];
}

// The largest power of two that is smaller than `count` (k in RFC 6962); 1 for a `count` up to 2.
export function largestPowerBelow(count: number): number {
  let power = 1;
  while (power * 2 < count) power *= 2;
  return power;
}

function half(value: number): number {
  return Math.floor(value / 2);
}

// Node's one-call `hash` is faster than `createHash`, and a log needs millions of hashes.
/** SHA-256 of the bytes. */
export function sha256(bytes: Uint8Array): Hash {
  return digestOnce('sha256', bytes, 'buffer');
}

/** Whether the bytes can be a hash. */
export function isHash(hash: Hash): boolean {
  return hash.byteLength === 32;
}

function equal(a: Hash, b: Hash): boolean {
  return Buffer.compare(a, b) === 0;
}
