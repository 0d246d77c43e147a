/** Computes over a tree from its tiles: first which tiles it needs, then the result. */
import { consistencyProofFrom, type Hash, type NodeAt, nodeHash } from './merkle-tree.ts';
import { type TileId, tileOfNode, tilePath } from './tile.ts';

/** A computation over a tree's nodes that asks for each node that it needs. */
export type TreeQuestion<Answer> = (nodeAt: NodeAt) => Answer;

/** Consistency proof from the tree of `first` leaves to that of `size`. */
export function consistencyQuestion(first: number, size: number): TreeQuestion<Hash[]> {
  return (nodeAt) => consistencyProofFrom(first, size, nodeAt);
}

/** The tiles that a question needs, found by asking the question once with dummy hashes. */
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
 * The answer from the hashes of those tiles; undefined when a tile is missing or too short.
 * @param tiles by path
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

/** Root of a perfect subtree from its 2^n leaves' hashes. */
export function perfectRoot(hashes: readonly Hash[]): Hash {
  const [only, ...more] = hashes;
  if (only !== undefined && more.length === 0) return only;
  const half = hashes.length / 2;
  return nodeHash(perfectRoot(hashes.slice(0, half)), perfectRoot(hashes.slice(half)));
}
