/**
 * After a rotation of the log key, a head that an earlier key signed counts when a proof shows that
 * the present head continues it.
 */

import { and, asc, gte, lt } from 'drizzle-orm';
import type { CompactRange } from '../../skills-index/log/compact-range.ts';
import type { Hash } from '../../skills-index/log/merkle-tree.ts';
import {
  type NodePlace,
  placesBetween,
  placesOfHeads,
  printNodes,
  type TreeNode,
} from '../../skills-index/log/print-nodes.ts';
import { entryTile, parseTilePath } from '../../skills-index/log/tile-files.ts';
import {
  answerFrom,
  consistencyQuestion,
  parseHashTile,
  perfectRoot,
  type TileId,
  tileOfNode,
  tilePath,
  tilesFor,
  tileWidthMax,
} from '../../skills-index/log/tile-proof.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import type { Registry } from '../context.ts';
import { log } from '../store/schema.ts';
import { orLater } from './after-logging.ts';
import { hasRetiredLogKey, newestCheckpoint, readRange } from './log.ts';
import { readBodies } from './segments/entry-bodies.ts';

/**
 * Proofs from the head of each logged statement to the log's head of a size. A log with only one
 * key needs none.
 */
export async function proofsOfHeads(
  registry: Registry,
  statements: Iterable<Uint8Array>,
  size: number,
): Promise<{ readonly consistency?: ReadonlyMap<number, readonly Hash[]> }> {
  if (!hasRetiredLogKey(registry)) return {};
  const consistency = new Map<number, Hash[]>();
  for (const bytes of statements) {
    const first = headSizeOf(bytes);
    if (first < size && !consistency.has(first))
      consistency.set(first, await readConsistency(registry, first, size));
  }
  return { consistency };
}

/** The tree size in a bundle that this registry made. */
export function headSizeOf(bytes: Uint8Array): number {
  const { verificationMaterial } = JSON.parse(Buffer.from(bytes).toString('utf8'));
  return Number(verificationMaterial.tlogEntries[0].inclusionProof.treeSize);
}

// The log as tiles (C2SP tlog-tiles). A tile is made from committed rows at its first request; full
// tiles, and the last tile of each level above the leaves, are kept as plain files.

/**
 * A tile of the tree that the newest checkpoint signs.
 * @param path `tile/0/000.p/7`
 * @throws Problem `not-found` when the tree is not that large yet, `log-invalid` when the path
 * names no tile
 */
export async function readTile(registry: Registry, path: string): Promise<Uint8Array> {
  const tile = parseTilePath(path);
  const isFull = tile.width === tileWidthMax;
  const kept = isFull ? await registry.objects.get(objectOf(tile)) : undefined;
  if (kept !== undefined) return kept;
  const leavesEach = tile.level === 'entries' ? 1 : tileWidthMax ** tile.level;
  const end = (tile.index * tileWidthMax + tile.width) * leavesEach;
  const size = (await newestCheckpoint(registry))?.size ?? 0;
  if (end > size) throw new Problem('not-found', `The log of ${size} entries has no ${path} yet`);
  const isLast = size < end + leavesEach;
  if (!isFull && isLast && isInner(tile))
    return readGrowing(registry, tile, await readRange(registry, size));
  const bytes = await makeTile(registry, tile);
  if (isFull) await registry.objects.put(objectOf(tile), bytes);
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
  for (let at = first; at < first + tile.width; at++)
    nodes.push(await rootOfTile(registry, tile.level - 1, at));
  return Buffer.concat(nodes);
}

/** A tile whose hashes are roots of full tiles. */
interface InnerTile extends TileId {
  readonly level: number;
}

function isInner(tile: TileId): tile is InnerTile {
  return tile.level !== 'entries' && tile.level > 0;
}

/**
 * The last tile of a level above the leaves. Making the tile reads up to 255 tiles, so the registry
 * keeps the tile, and makes the next one from it. A kept tile counts when its hashes are below the
 * peaks of the tree.
 */
async function readGrowing(
  registry: Registry,
  tile: InnerTile,
  range: CompactRange,
): Promise<Uint8Array> {
  const name = objectOf(tile);
  const kept = await registry.objects.get(name);
  if (kept !== undefined && isOfTree(kept, tile, range)) return kept;
  const before =
    tile.width === 1
      ? new Uint8Array()
      : await registry.objects.get(objectOf({ ...tile, width: tile.width - 1 }));
  const last = tile.index * tileWidthMax + tile.width - 1;
  const grown = before && Buffer.concat([before, await rootOfTile(registry, tile.level - 1, last)]);
  const isSound = grown !== undefined && isOfTree(grown, tile, range);
  const bytes = isSound ? grown : await makeTile(registry, tile);
  await orLater(registry, () => registry.objects.put(name, bytes));
  return bytes;
}

async function rootOfTile(registry: Registry, level: number, index: number): Promise<Hash> {
  const tile: TileId = { level, index, width: tileWidthMax };
  return perfectRoot(parseHashTile(await readTile(registry, tilePath(tile)), tile));
}

/** Whether the bytes are the last tile of its level: the peaks of the tree are computed from it. */
function isOfTree(bytes: Uint8Array, tile: InnerTile, { size, peaks }: CompactRange): boolean {
  if (bytes.byteLength !== tile.width * 32) return false;
  const hashes = parseHashTile(bytes, tile);
  let at = 0;
  let nth = 0;
  for (let span = 2 ** Math.floor(Math.log2(size)); span >= 1; span /= 2) {
    if (Math.floor(size / span) % 2 === 0) continue;
    const peak = peaks[nth++] ?? new Uint8Array();
    const count = span / tileWidthMax ** tile.level;
    if (count < 1 || count >= tileWidthMax) continue;
    if (Buffer.compare(perfectRoot(hashes.slice(at, at + count)), peak) !== 0) return false;
    at += count;
  }
  return at === hashes.length;
}

function objectOf(tile: TileId): string {
  return `public/log/${tilePath(tile)}`;
}

// The nodes of the log's tree from which a host proves that the log continues older heads. They
// never change, so they are in the pack of a version's evidence.

/**
 * The nodes that prove each head up to the largest.
 * @param sizes of heads that the log has signed; at least one
 */
export function nodesOfHeads(
  registry: Registry,
  sizes: readonly number[],
): Promise<readonly TreeNode[]> {
  return readNodes(registry, placesOfHeads(sizes), Math.max(...sizes));
}

/**
 * The nodes that prove that the log of `size` entries continues the log of `from` entries.
 * @throws Problem `not-found` when the log has no two such heads
 */
export async function nodesBetween(
  registry: Registry,
  from: number,
  size: number,
): Promise<Uint8Array> {
  const newest = (await newestCheckpoint(registry))?.size ?? 0;
  if (!(from > 0 && from < size && size <= newest))
    throw new Problem('not-found', `The log of ${newest} entries has no nodes between such heads`);
  return printNodes(await readNodes(registry, placesBetween(from, size), size));
}

async function readNodes(
  registry: Registry,
  places: readonly NodePlace[],
  size: number,
): Promise<readonly TreeNode[]> {
  const tiles = new Map<string, readonly Uint8Array[]>();
  const nodes: TreeNode[] = [];
  for (const { level, index } of places) {
    const { tile, from, count } = tileOfNode(size, level, index);
    const path = tilePath(tile);
    const hashes = tiles.get(path) ?? parseHashTile(await readTile(registry, path), tile);
    tiles.set(path, hashes);
    nodes.push({ level, index, hash: perfectRoot(hashes.slice(from, from + count)) });
  }
  return nodes;
}
