/**
 * Computes over a tree from the tree's tiles: finds the tiles that a computation needs, then
 * computes the result from those tiles.
 */
import { consistencyProofFrom, type Hash, type NodeAt, nodeHash } from './merkle-tree.ts';
import { type TileId, tileOfNode, tilePath } from './tile.ts';

/**
 * A computation over a tree's nodes that asks for the hash of each node that the computation needs.
 */
export type TreeQuestion<Answer> = (nodeAt: NodeAt) => Answer;

/** Computes a consistency proof from the tree of `first` leaves to the tree of `size` leaves. */
export function consistencyQuestion(first: number, size: number): TreeQuestion<Hash[]> {
  return (nodeAt) => consistencyProofFrom(first, size, nodeAt);
}

/**
 * The tiles that a computation over a tree needs. Finds the tiles by running the computation once
 * with dummy hashes.
 */
export function tilesFor(question: TreeQuestion<unknown>, size: number): TileId[] {
  const tiles = new Map<string, TileId>();
  question((level, index) => {
    const { tile } = tileOfNode(size, level, index);
    tiles.set(tilePath(tile), tile);
    return new Uint8Array(32);
  });
  return [...tiles.values()];
}

/**
 * The result of a computation over a tree, from the hashes of the tree's tiles; undefined when a
 * tile is missing or too short.
 * @param tiles the hashes of each tile, by the tile's path
 */
export function answerFrom<Answer>(
  question: TreeQuestion<Answer>,
  size: number,
  tiles: ReadonlyMap<string, readonly Hash[]>,
): Answer | undefined {
  let missing = false;
  const answer = question((level, index) => {
    const { tile, from, count } = tileOfNode(size, level, index);
    const hashes = tiles.get(tilePath(tile))?.slice(from, from + count) ?? [];
    if (hashes.length !== count) missing = true;
    return missing ? new Uint8Array(32) : perfectRoot(hashes);
  });
  return missing ? undefined : answer;
}

/** Root hash of a perfect subtree, from the hashes of the subtree's 2^n leaves. */
export function perfectRoot(hashes: readonly Hash[]): Hash {
  const [only, ...more] = hashes;
  if (only !== undefined && more.length === 0) return only;
  const half = hashes.length / 2;
  return nodeHash(perfectRoot(hashes.slice(0, half)), perfectRoot(hashes.slice(half)));
}
