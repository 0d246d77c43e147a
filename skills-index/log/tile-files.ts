/** The log as static files: paths of tiles, and bundles of entries (C2SP tlog-tiles). */
import { Problem } from '../skill/problem.ts';
import { type TileId, tilePath, tileWidthMax } from './tile-proof.ts';

const tileLevelMax = 7;

/**
 * Parses the path of a tile.
 * @throws Problem `log-invalid` for any text that is not exactly the path of a tile
 */
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

/** Every hash tile and entry bundle of a tree of `size` leaves. */
export function tilesOf(size: number): TileId[] {
  const tiles = tilesOfLevel('entries', size);
  let nodes = size;
  for (let level = 0; nodes > 0; level++) {
    tiles.push(...tilesOfLevel(level, nodes));
    nodes = Math.floor(nodes / tileWidthMax);
  }
  return tiles;
}

/** The content of an entry bundle: each entry follows its length in 16 bits. */
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
 * The entries in the content of an entry bundle.
 * @throws Problem `log-invalid` for another number of entries, or bytes after the last entry
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

function tilesOfLevel(level: TileId['level'], nodes: number): TileId[] {
  return Array.from({ length: Math.ceil(nodes / tileWidthMax) }, (_, index) => {
    return { level, index, width: Math.min(tileWidthMax, nodes - index * tileWidthMax) };
  });
}
