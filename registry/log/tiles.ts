/**
 * The log as tiles (C2SP tlog-tiles). A tile is made from committed rows at its first request; full
 * tiles are kept as plain files.
 */
import { and, asc, gte, lt } from 'drizzle-orm';
import type { Hash } from '../../skills-index/log/merkle-tree.ts';
import { parseHashTile, type TileId, tilePath, tileWidthMax } from '../../skills-index/log/tile.ts';
import { entryTile, parseTilePath } from '../../skills-index/log/tile-files.ts';
import {
  answerFrom,
  consistencyQuestion,
  perfectRoot,
  tilesFor,
} from '../../skills-index/log/tile-proof.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import type { Registry } from '../context.ts';
import { log } from '../store/schema.ts';
import { newestCheckpoint } from './log.ts';
import { readBodies } from './segments/entry-bodies.ts';

/**
 * A tile of the tree that the newest checkpoint signs.
 * @param path `tile/0/000.p/7`
 * @throws Problem `not-found` when the tree is not that large yet, `log-invalid` when the path
 * names no tile
 */
export async function readTile(registry: Registry, path: string): Promise<Uint8Array> {
  const tile = parseTilePath(path);
  const name = `public/log/${path}`;
  const isFull = tile.width === tileWidthMax;
  const kept = isFull ? await registry.objects.get(name) : undefined;
  if (kept !== undefined) return kept;
  const leavesEach = tile.level === 'entries' ? 1 : tileWidthMax ** tile.level;
  const end = (tile.index * tileWidthMax + tile.width) * leavesEach;
  const size = (await newestCheckpoint(registry))?.size ?? 0;
  if (end > size) throw new Problem('not-found', `The log of ${size} entries has no ${path} yet`);
  const bytes = await makeTile(registry, tile);
  if (isFull) await registry.objects.put(name, bytes);
  return bytes;
}

/**
 * Consistency proof from the tree of `first` entries to the tree of `size` entries, computed from
 * the tiles that everybody reads.
 */
export async function readConsistency(
  registry: Registry,
  first: number,
  size: number,
): Promise<Hash[]> {
  const question = consistencyQuestion(first, size);
  const tiles = new Map<string, readonly Hash[]>();
  for (const tile of tilesFor(question, size)) {
    const path = tilePath(tile);
    tiles.set(path, parseHashTile(await readTile(registry, path), tile));
  }
  const proof = answerFrom(question, size, tiles);
  if (proof === undefined)
    throw new Problem(
      'internal',
      `The tiles do not prove that the log of ${size} entries extends the log of ${first}`,
    );
  return proof;
}

async function makeTile(registry: Registry, tile: TileId): Promise<Uint8Array> {
  const first = tile.index * tileWidthMax;
  if (tile.level === 'entries')
    return entryTile(await readBodies(registry, first, first + tile.width));
  if (tile.level === 0) {
    const rows = await registry.db.read
      .select({ leafHash: log.leafHash })
      .from(log)
      .where(and(gte(log.index, first), lt(log.index, first + tile.width)))
      .orderBy(asc(log.index));
    return Buffer.concat(rows.map(({ leafHash }) => Buffer.from(leafHash, 'base64')));
  }
  const nodes: Hash[] = [];
  for (let at = first; at < first + tile.width; at++) {
    const below: TileId = { level: tile.level - 1, index: at, width: tileWidthMax };
    nodes.push(perfectRoot(parseHashTile(await readTile(registry, tilePath(below)), below)));
  }
  return Buffer.concat(nodes);
}
