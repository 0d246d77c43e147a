/** Tiles of up to 256 hashes of the log (C2SP tlog-tiles), and their paths. */
import { Problem } from '../skill/problem.ts';
import type { Hash } from './merkle-tree.ts';

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
