/**
 * Computes consistency proofs from the log's tiles: the registry is asked for hashes, never for a
 * proof.
 */
import type { Hash, TreeHead } from '../log/merkle-tree.ts';
import { parseHashTile, type TileId, tilePath } from '../log/tile.ts';
import { answerFrom, consistencyQuestion, headQuestion, tilesFor } from '../log/tile-proof.ts';
import { fetchNamed, inTurns, type Source } from './blobs.ts';
import { tileBytesMax } from './limits.ts';

/**
 * Proofs from each of the smaller sizes to `size`; a size whose tiles are not to be had is absent.
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
 * Heads of the trees of these sizes, as the tiles of a tree of `size` leaves show them: the
 * evidence of a fork.
 * @throws Problem `registry-down`
 */
export async function fetchHeads(
  source: Source,
  sizes: readonly number[],
  size: number,
): Promise<(TreeHead | undefined)[]> {
  const questions = sizes.map(headQuestion);
  const tiles = await fetchTiles(
    source,
    questions.flatMap((question) => tilesFor(question, size)),
  );
  return questions.map((question) => answerFrom(question, size, tiles));
}

/**
 * Whether the tiles lead to the head that the log signed, and also to another past than an earlier
 * signed head. Both then are the log's own signed claims.
 * @throws Problem `registry-down`
 */
export async function provesOtherHead(
  source: Source,
  before: TreeHead,
  head: TreeHead,
): Promise<boolean> {
  const [past, present] = await fetchHeads(source, [before.size, head.size], head.size);
  return (
    past !== undefined && present !== undefined && isSame(present, head) && !isSame(past, before)
  );
}

function isSame(a: TreeHead, b: TreeHead): boolean {
  return Buffer.compare(a.root, b.root) === 0;
}

async function fetchTiles(
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
