/** Consistency proofs, computed here from the log's tiles: the registry is asked for hashes, never for a proof. */
import { consistencyProofFrom, type Hash, type NodeAt, nodeHash } from '../log/merkle-tree.ts';
import { parseHashTile, type TileId, tileOfNode, tilePath } from '../log/tile.ts';
import { Problem } from '../skill/problem.ts';
import { fetchNamed, inTurns, type Source } from './blobs.ts';
import { tileBytesMax } from './limits.ts';

/**
 * Proofs from each of the smaller sizes to `size`; a size whose tiles are not to be had is absent.
 * @throws Problem `registry-down`
 */
export async function fetchConsistency(source: Source, sizes: readonly number[], size: number): Promise<Map<number, Hash[]>> {
  const smaller = [...new Set(sizes)].filter((one) => one > 0 && one < size);
  const wanted = new Map(smaller.flatMap((first) => tilesFor(first, size)).map((tile) => [tilePath(tile), tile]));
  const tiles = new Map<string, readonly Hash[]>();
  await inTurns([...wanted], async ([path, tile]) => {
    const hashes = await fetchTile(source, path, tile);
    if (hashes !== undefined) tiles.set(path, hashes);
  });
  return new Map(smaller.flatMap((first) => proofFrom(first, size, tiles)));
}

// Which tiles a proof needs: it is made once with hashes that do not matter.
function tilesFor(first: number, size: number): TileId[] {
  const tiles: TileId[] = [];
  consistencyProofFrom(first, size, (level, index) => {
    tiles.push(tileOfNode(size, level, index).tile);
    return new Uint8Array(32);
  });
  return tiles;
}

async function fetchTile(source: Source, path: string, tile: TileId): Promise<Hash[] | undefined> {
  const isGood = (bytes: Uint8Array): boolean => parseHashTile(bytes, tile).length > 0;
  const bytes = await fetchNamed(source, { name: `log/${path}`, path: `/log/${path}`, bytesMax: tileBytesMax, isGood });
  return bytes === undefined ? undefined : parseHashTile(bytes, tile);
}

function proofFrom(first: number, size: number, tiles: ReadonlyMap<string, readonly Hash[]>): [number, Hash[]][] {
  const nodeAt: NodeAt = (level, index) => {
    const { tile, from, count } = tileOfNode(size, level, index);
    const hashes = tiles.get(tilePath(tile))?.slice(from, from + count);
    if (hashes?.length !== count) throw new Problem('not-found', `There is no ${tilePath(tile)}`);
    return perfectRoot(hashes);
  };
  try {
    return [[first, consistencyProofFrom(first, size, nodeAt)]];
  } catch (cause) {
    if (cause instanceof Problem && cause.code === 'not-found') return [];
    throw cause;
  }
}

function perfectRoot(hashes: readonly Hash[]): Hash {
  const [only, ...more] = hashes;
  if (only !== undefined && more.length === 0) return only;
  const half = hashes.length / 2;
  return nodeHash(perfectRoot(hashes.slice(0, half)), perfectRoot(hashes.slice(half)));
}
