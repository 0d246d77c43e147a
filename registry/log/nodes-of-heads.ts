/**
 * The nodes of the log's tree from which a host proves that the log continues older heads. They
 * never change, so they are in the pack of a version's evidence.
 */
import { placesOfHeads, type TreeNode } from '../../skills-index/log/print-nodes.ts';
import { parseHashTile, tileOfNode, tilePath } from '../../skills-index/log/tile.ts';
import { perfectRoot } from '../../skills-index/log/tile-proof.ts';
import type { Registry } from '../context.ts';
import { readTile } from './tiles.ts';

/** @param sizes of heads that the log has signed; at least one */
export async function nodesOfHeads(
  registry: Registry,
  sizes: readonly number[],
): Promise<readonly TreeNode[]> {
  const size = Math.max(...sizes);
  const tiles = new Map<string, readonly Uint8Array[]>();
  const nodes: TreeNode[] = [];
  for (const { level, index } of placesOfHeads(sizes)) {
    const { tile, from, count } = tileOfNode(size, level, index);
    const path = tilePath(tile);
    const hashes = tiles.get(path) ?? parseHashTile(await readTile(registry, path), tile);
    tiles.set(path, hashes);
    nodes.push({ level, index, hash: perfectRoot(hashes.slice(from, from + count)) });
  }
  return nodes;
}
