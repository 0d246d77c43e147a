/** The log as static files: tiles of up to 256 hashes and bundles of entries (C2SP tlog-tiles). */
import { Problem } from '../skill/problem.ts';
import type { Hash } from './merkle-tree.ts';

export const tileWidthMax = 256;

/** Position of a tile; `width` below 256 is a partial one. */
export interface TileId {
  readonly level: number | 'entries';
  readonly index: number;
  readonly width: number;
}

/** `tile/0/x001/067`, with `.p/W` when partial. */
export function tilePath(_tile: TileId): string {
  throw new Problem('internal', 'not written yet');
}

/** @throws Problem `log-invalid` for a path that is not exactly a tile's */
export function parseTilePath(_path: string): TileId {
  throw new Problem('internal', 'not written yet');
}

/** Every tile, hash tiles and entry bundles, that a tree of `size` leaves has. */
export function tilesOf(_size: number): TileId[] {
  throw new Problem('internal', 'not written yet');
}

/** Content of a hash tile, from the tree's leaves. */
export function hashTile(_tile: TileId, _leafHashAt: (index: number) => Hash): Uint8Array {
  throw new Problem('internal', 'not written yet');
}

/** Content of an entry bundle: each entry with a 16-bit length before it. */
export function entryTile(_entries: readonly Uint8Array[]): Uint8Array {
  throw new Problem('internal', 'not written yet');
}
