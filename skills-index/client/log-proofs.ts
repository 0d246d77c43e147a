/** Computes consistency proofs from the log's tiles, so that no registry has to send a proof. */
import type { Hash } from '../log/merkle-tree.ts';
import { parseHashTile, type TileId, tilePath } from '../log/tile.ts';
import { answerFrom, consistencyQuestion, tilesFor } from '../log/tile-proof.ts';
import { fetchNamed, inTurns, type Source } from './blobs.ts';
import { tileBytesMax } from './limits.ts';

/**
 * Consistency proofs of the log from each of the smaller sizes to `size`. A size has no proof when
 * a tile for the proof is missing.
 * @throws Problem `registry-down`
 */
export async function fetchConsistency(
  source: Source,
  sizes: readonly number[],
  size: number,
): Promise<Map<number, Hash[]>> {
  const smaller = [...new Set(sizes)].filter((one) => one > 0 && one < size);
  const questions = smaller.map((first) => [first, consistencyQuestion(first, size)] as const);
  const tiles = await fetchTiles(
    source,
    questions.flatMap(([, question]) => tilesFor(question, size)),
  );
  return new Map(
    questions.flatMap(([first, question]) => {
      const proof = answerFrom(question, size, tiles);
      return proof === undefined ? [] : [[first, proof] as const];
    }),
  );
}

/**
 * The hashes of the wanted tiles, by the tile's path. A tile that the registry does not have is
 * absent.
 */
export async function fetchTiles(
  source: Source,
  wanted: readonly TileId[],
): Promise<Map<string, readonly Hash[]>> {
  const tiles = new Map<string, readonly Hash[]>();
  await inTurns(
    [...new Map(wanted.map((tile) => [tilePath(tile), tile]))],
    async ([path, tile]) => {
      const hashes = await fetchTile(source, path, tile);
      if (hashes !== undefined) tiles.set(path, hashes);
    },
  );
  return tiles;
}

async function fetchTile(source: Source, path: string, tile: TileId): Promise<Hash[] | undefined> {
  const isGood = (bytes: Uint8Array): boolean => parseHashTile(bytes, tile).length > 0;
  const bytes = await fetchNamed(source, {
    name: `log/${path}`,
    path: `/log/${path}`,
    bytesMax: tileBytesMax,
    isGood,
  });
  return bytes === undefined ? undefined : parseHashTile(bytes, tile);
}
