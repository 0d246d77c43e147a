/**
 * The nodes of the log's tree from which a host proves that the log continues older heads. They
 * never change, so they are in the pack of a version's evidence.
 */
import {
  type NodePlace,
  placesBetween,
  placesOfHeads,
  printNodes,
  type TreeNode,
} from '../../skills-index/log/print-nodes.ts';
import { parseHashTile, tileOfNode, tilePath } from '../../skills-index/log/tile.ts';
import { perfectRoot } from '../../skills-index/log/tile-proof.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import type { Registry } from '../context.ts';
import { newestCheckpoint } from './log.ts';
import { readTile } from './tiles.ts';

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
