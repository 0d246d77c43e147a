/** Proofs that a verifiable map has a value for a key, or none. */

import {
  besides,
  emptyMapRoot,
  hashAt,
  type MapLeaf,
  type MapNodeAt,
  mapDepth,
  mapLeafHash,
  mapNodeHash,
  pathOf,
} from './map-tree.ts';
import { type Hash, isHash } from './merkle-tree.ts';

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
