/** The log as static files: tiles of up to 256 hashes and bundles of entries (C2SP tlog-tiles). */
import { Problem } from '../skill/problem.ts';
import type { Hash, NodeAt } from './merkle-tree.ts';

export const tileWidthMax = 256;
const tileHeight = 8;
const tileLevelMax = 7;

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

/** @throws Problem `log-invalid` for a path that is not exactly a tile's */
export function parseTilePath(path: string): TileId {
  const [, level, number, width] =
    /^tile\/(\d|entries)\/((?:x\d{3}\/){0,4}\d{3})(?:\.p\/(\d{1,3}))?$/.exec(path) ?? [];
  const tile: TileId = {
    level: level === 'entries' ? level : Number(level),
    index: Number((number ?? '').replace(/[x/]/g, '')),
    width: width === undefined ? tileWidthMax : Number(width),
  };
  const levelKnown = tile.level === 'entries' || tile.level <= tileLevelMax;
  if (number === undefined || !levelKnown || tile.width === 0 || tilePath(tile) !== path) {
    throw new Problem(
      'log-invalid',
      `Not the path of a tile: ${JSON.stringify(path.slice(0, 100))}`,
    );
  }
  return tile;
}

/** Every tile, hash tiles and entry bundles, that a tree of `size` leaves has. */
export function tilesOf(size: number): TileId[] {
  const tiles = tilesOfLevel('entries', size);
  let nodes = size;
  for (let level = 0; nodes > 0; level++) {
    tiles.push(...tilesOfLevel(level, nodes));
    nodes = Math.floor(nodes / tileWidthMax);
  }
  return tiles;
}

/** Content of a hash tile: its nodes' hashes one after the other. */
export function hashTile({ level, index, width }: TileId, nodeAt: NodeAt): Uint8Array {
  if (level === 'entries') throw new Problem('log-invalid', 'An entry bundle is not a hash tile');
  const first = index * tileWidthMax;
  return Buffer.concat(
    Array.from({ length: width }, (_, at) => nodeAt(level * tileHeight, first + at)),
  );
}

/** Content of an entry bundle: each entry with a 16-bit length before it. */
export function entryTile(entries: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat(
    entries.flatMap((entry) => {
      if (entry.byteLength > 0xffff)
        throw new Problem('log-invalid', `An entry has ${entry.byteLength} bytes; at most 65535`);
      const length = Buffer.alloc(2);
      length.writeUInt16BE(entry.byteLength);
      return [length, entry];
    }),
  );
}

/**
 * The entries of an entry bundle's content. @throws Problem `log-invalid` when they are not as many
 * as the tile has, to the last byte
 */
export function parseEntryTile(bytes: Uint8Array, tile: TileId): Uint8Array[] {
  const content = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const entries: Uint8Array[] = [];
  let at = 0;
  while (entries.length < tile.width && at + 2 <= content.byteLength) {
    const end = at + 2 + content.readUInt16BE(at);
    entries.push(content.subarray(at + 2, end));
    at = end;
  }
  if (entries.length === tile.width && at === content.byteLength) return entries;
  throw new Problem(
    'log-invalid',
    `Cannot read ${tilePath(tile)}: it does not hold ${tile.width} entries`,
  );
}

/**
 * Which hash tile of a tree of `size` leaves holds a node, and where in it the node's leaves'
 * hashes begin.
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
 * The hashes of a tile's content. @throws Problem `log-invalid` when its length is not that of the
 * tile
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

function tilesOfLevel(level: TileId['level'], nodes: number): TileId[] {
  return Array.from({ length: Math.ceil(nodes / tileWidthMax) }, (_, index) => {
    return { level, index, width: Math.min(tileWidthMax, nodes - index * tileWidthMax) };
  });
}
