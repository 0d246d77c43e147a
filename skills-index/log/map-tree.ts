/** Proofs that a verifiable map has a value for a key, or none. */

import { Problem } from '../skill/problem.ts';
import { type Hash, isHash, sha256 } from './merkle-tree.ts';

/**
 * What the path of a key leads to: the leaf of the key, the leaf of another key, or no leaf. The
 * last two prove that the map has no value for the key.
 */
export interface MapProof {
  /** The hashes next to the path, from the root down. */
  readonly siblings: readonly Hash[];
  /** The leaf at the end of the path. */
  readonly leaf?: MapLeaf;
}

/** @param nodeAt gives the nodes on the path of the key, and the nodes next to them */
export function proveKey(nodeAt: MapNodeAt, key: Hash): MapProof {
  const path = pathOf(key);
  const siblings: Hash[] = [];
  for (;;) {
    const node = nodeAt(path.slice(0, siblings.length));
    if (node === undefined) return { siblings };
    if ('leaf' in node) return { siblings, leaf: node.leaf };
    siblings.push(hashAt(nodeAt(besides(path.slice(0, siblings.length + 1)))));
  }
}

/**
 * The value of a key in the map with this root.
 * @returns undefined when the proof does not hold; `none` when the map has no value for the key
 */
export function provenValue(
  root: Hash,
  key: Hash,
  { siblings, leaf }: MapProof,
): Hash | 'none' | undefined {
  const path = pathOf(key);
  const isFormed =
    siblings.length <= mapDepth &&
    siblings.every(isHash) &&
    (leaf === undefined || (isHash(leaf.key) && isHash(leaf.value)));
  if (!isFormed) return undefined;
  // The leaf of another key must lie on the path of the asked key. Elsewhere the leaf says nothing
  // about the asked key.
  const end = path.slice(0, siblings.length);
  if (leaf !== undefined && !pathOf(leaf.key).startsWith(end)) return undefined;
  const start = leaf === undefined ? emptyMapRoot : mapLeafHash(leaf);
  const made = siblings.reduceRight<Hash>(
    (below, sibling, at) =>
      path[at] === '0' ? mapNodeHash(below, sibling) : mapNodeHash(sibling, below),
    start,
  );
  if (Buffer.compare(made, root) !== 0) return undefined;
  return leaf !== undefined && Buffer.compare(leaf.key, key) === 0 ? leaf.value : 'none';
}

// A verifiable map: a binary Merkle tree whose leaves lie where the bits of their keys lead. A leaf
// lies as high as it can, where no other leaf shares its path. So the root depends on the set of
// leaves alone, whatever the order in which they came.
//
// The tree follows the sparse Merkle trees of verifiable maps (Laurie and Kasper, "Revocation
// Transparency", 2012), with the short leaves of a prefix tree. The prefixes of the hashes differ
// from those of the log (RFC 6962 §2.1), so no hash of the log is a hash of the map.

/** A key of the map with the key's value, 32 bytes each. */
export interface MapLeaf {
  readonly key: Hash;
  readonly value: Hash;
}

/** A node of the tree: a leaf, or the hash of a node with two children. */
export type MapNode = { readonly leaf: MapLeaf } | { readonly hash: Hash };

/** A place in the tree: the bits that lead there from the root, as text of `0` and `1`. */
export type MapPath = string;

/** Gives the node at a path; undefined where the tree has none. */
export type MapNodeAt = (path: MapPath) => MapNode | undefined;

/** The hash of a place without a node. */
export const emptyMapRoot: Hash = new Uint8Array(32);

const leafPrefix = Uint8Array.of(2);
const nodePrefix = Uint8Array.of(3);
const valuePrefix = Uint8Array.of(4);

/** The most bits of a path. */
export const mapDepth = 256;

/** The bits of a key, as a path to the deepest possible leaf. */
export function pathOf(key: Hash): MapPath {
  return Array.from(key, (byte) => byte.toString(2).padStart(8, '0')).join('');
}

/** SHA-256(0x02 ‖ key ‖ value). */
export function mapLeafHash({ key, value }: MapLeaf): Hash {
  return sha256(Buffer.concat([leafPrefix, key, value]));
}

/** SHA-256(0x03 ‖ left ‖ right). */
export function mapNodeHash(left: Hash, right: Hash): Hash {
  return sha256(Buffer.concat([nodePrefix, left, right]));
}

/** The hash of a place in the tree. */
export function hashAt(node: MapNode | undefined): Hash {
  if (node === undefined) return emptyMapRoot;
  return 'leaf' in node ? mapLeafHash(node.leaf) : node.hash;
}

/**
 * The value of a key with one more log index: SHA-256(0x04 ‖ value before ‖ log index in 8 bytes).
 * The value commits to all log indexes of the key, in the order of the log.
 */
export function nextMapValue(before: Hash | undefined, logIndex: number): Hash {
  const index = Buffer.alloc(8);
  index.writeBigUInt64BE(BigInt(logIndex));
  return sha256(Buffer.concat([valuePrefix, before ?? emptyMapRoot, index]));
}

/** The value of a key with these log indexes, in the order of the log; undefined without any. */
export function mapValueOf(logIndexes: readonly number[]): Hash | undefined {
  return logIndexes.reduce<Hash | undefined>(nextMapValue, undefined);
}

/**
 * The places of `from` to `upTo` bits that decide where a leaf lies, and the places next to them.
 */
export function placesAround(key: Hash, from: number, upTo: number): MapPath[] {
  const path = pathOf(key);
  return Array.from({ length: upTo - from + 1 }, (_, nth) => from + nth).flatMap((bits) =>
    bits === 0 ? [''] : [path.slice(0, bits), besides(path.slice(0, bits))],
  );
}

/** The place that has the same parent. */
function besides(path: MapPath): MapPath {
  return `${path.slice(0, -1)}${path.endsWith('0') ? '1' : '0'}`;
}

/**
 * Puts leaves into the tree. A leaf replaces the leaf with the same key.
 * @param nodeAt gives the nodes on the paths of the leaves, and the nodes next to them
 * @returns the changed nodes by their paths; the root has the empty path
 */
export function putLeaves(
  nodeAt: MapNodeAt,
  leaves: readonly MapLeaf[],
): ReadonlyMap<MapPath, MapNode> {
  const changed = new Map<MapPath, MapNode>();
  const now = (path: MapPath) => changed.get(path) ?? nodeAt(path);
  const stale = new Set<MapPath>();
  for (const leaf of leaves) for (const above of putLeaf(now, leaf, changed)) stale.add(above);
  // The longest paths come first: the hash of a node needs the hashes below it.
  for (const path of [...stale].sort((a, b) => b.length - a.length))
    changed.set(path, {
      hash: mapNodeHash(hashAt(now(`${path}0`)), hashAt(now(`${path}1`))),
    });
  return changed;
}

/** Puts one leaf to its place. Returns the places above, whose hashes are computed later. */
function putLeaf(
  now: MapNodeAt,
  leaf: MapLeaf,
  changed: Map<MapPath, MapNode>,
): readonly MapPath[] {
  const path = pathOf(leaf.key);
  let bits = 0;
  for (; ; bits++) {
    const node = now(path.slice(0, bits));
    if (node === undefined) break;
    if ('hash' in node) continue;
    const other = pathOf(node.leaf.key);
    if (other === path) break;
    // The leaf that is here and the new leaf move down to where their paths part.
    changed.set(path.slice(0, bits), { hash: emptyMapRoot });
    const shared = sharedBits(path, other);
    for (let at = bits + 1; at <= shared; at++)
      changed.set(path.slice(0, at), { hash: emptyMapRoot });
    changed.set(other.slice(0, shared + 1), node);
    bits = shared + 1;
    break;
  }
  changed.set(path.slice(0, bits), { leaf });
  return Array.from({ length: bits }, (_, at) => path.slice(0, at));
}

/** How many bits two different paths share from the root. */
function sharedBits(one: MapPath, other: MapPath): number {
  for (let at = 0; at < mapDepth; at++) if (one[at] !== other[at]) return at;
  throw twoLeaves();
}

/** The root of the tree with exactly these leaves. The keys of the leaves are all different. */
export function mapRootOf(leaves: readonly MapLeaf[]): Hash {
  const sorted = [...leaves].sort((a, b) => Buffer.compare(a.key, b.key));
  const rootOf = (from: number, upTo: number, bits: number): Hash => {
    const first = sorted[from];
    if (first === undefined || from === upTo) return emptyMapRoot;
    if (upTo - from === 1) return mapLeafHash(first);
    if (bits === mapDepth) throw twoLeaves();
    let middle = from;
    for (let end = upTo; middle < end; ) {
      const half = Math.floor((middle + end) / 2);
      const key = sorted[half]?.key;
      if (key === undefined || isOne(key, bits)) end = half;
      else middle = half + 1;
    }
    return mapNodeHash(rootOf(from, middle, bits + 1), rootOf(middle, upTo, bits + 1));
  };
  return rootOf(0, sorted.length, 0);
}

/** Whether a bit of a key is 1. Bit 0 is the first below the root. */
export function isOne(key: Hash, bit: number): boolean {
  return (((key[bit >> 3] ?? 0) >> (7 - (bit & 7))) & 1) === 1;
}

function twoLeaves(): Problem {
  return new Problem('log-invalid', 'Two leaves of the map have one key');
}
