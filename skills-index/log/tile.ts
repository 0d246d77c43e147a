/** Tiles of up to 256 hashes of the log (C2SP tlog-tiles), and their paths. */
import { Problem } from '../skill/problem.ts';
import type { Hash } from './merkle-tree.ts';

export const tileWidthMax = 256;
const tileHeight = 8;

/** Position of a tile; `width` below 256 is a partial one. */
export interface TileId {
  readonly level: number | 'entries';
  readonly index: number;
  readonly width: number;
}

/** `tile/0/x001/067`, with `.p/W` when partial. */
export function tilePath({ level, index, width }: TileId): string {
  const digits = String(index).padStart(Math.ceil(String(index).length / 3) * 3, '0');
  const groups = digits.match(/.{3}/g) ?? [];
  const number = groups
    .map((group, at) => (at < groups.length - 1 ? `x${group}` : group))
    .join('/');
  return `tile/${level}/${number}${width < tileWidthMax ? `.p/${width}` : ''}`;
}

/**
 * The hash tile of a tree of `size` leaves that holds a node, and the place of the node's leaves in
 * the tile.
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
 * The hashes of a tile's content.
 * @throws Problem `log-invalid` for another length than the tile has
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
