/**
 * Computes over a tree from the tree's tiles: finds the tiles that a computation needs, then
 * computes the result from those tiles.
 */

import { Problem } from '../skill/problem.ts';
import { consistencyProofFrom, type Hash, type NodeAt, nodeHash } from './merkle-tree.ts';

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

// Tiles of up to 256 hashes of the log (C2SP tlog-tiles), and their paths.

export const tileWidthMax = 256;
const tileHeight = 8;

/** Position of a tile in the log. A tile whose `width` is below 256 is a partial tile. */
export interface TileId {
  readonly level: number | 'entries';
  readonly index: number;
  readonly width: number;
}

/** The path of a tile: `tile/0/x001/067`, followed by `.p/W` for a partial tile. */
export function tilePath({ level, index, width }: TileId): string {
  const digits = String(index).padStart(Math.ceil(String(index).length / 3) * 3, '0');
  const groups = digits.match(/.{3}/g) ?? [];
  const number = groups
    .map((group, at) => (at < groups.length - 1 ? `x${group}` : group))
    .join('/');
  return `tile/${level}/${number}${width < tileWidthMax ? `.p/${width}` : ''}`;
}

/**
 * The hash tile that holds a node of a tree of `size` leaves, and the positions in the tile of the
 * hashes below that node.
 */
export function tileOfNode(
  size: number,
  level: number,
  index: number,
): { tile: TileId; from: number; count: number } {
  const tileLevel = Math.floor(level / tileHeight);
  const count = 2 ** (level % tileHeight);
  const first = index * count;
  const tileIndex = Math.floor(first / tileWidthMax);
  const width = Math.min(
    tileWidthMax,
    Math.floor(size / tileWidthMax ** tileLevel) - tileIndex * tileWidthMax,
  );
  return { tile: { level: tileLevel, index: tileIndex, width }, from: first % tileWidthMax, count };
}

/**
 * The hashes in a tile's content.
 * @throws Problem `log-invalid` for content whose length does not fit the tile
 */
export function parseHashTile(bytes: Uint8Array, tile: TileId): Hash[] {
  if (bytes.byteLength !== tile.width * 32) {
    throw new Problem(
      'log-invalid',
      `Cannot read ${tilePath(tile)}: it has ${bytes.byteLength} bytes, not ${tile.width * 32}`,
    );
  }
  return Array.from({ length: tile.width }, (_, at) => bytes.subarray(at * 32, at * 32 + 32));
}
