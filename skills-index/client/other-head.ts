/** Computes heads of the log from the log's tiles, to convict a log that signed two histories. */
import { headQuestion } from '../log/head-question.ts';
import type { TreeHead } from '../log/merkle-tree.ts';
import { answerFrom, tilesFor } from '../log/tile-proof.ts';
import type { Source } from './blobs.ts';
import { fetchTiles } from './log-proofs.ts';

/**
 * Whether the tiles lead to the head that the log signed, and also to another past than an earlier
 * signed head. The log signed both the head and the earlier head.
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

/**
 * Heads of the trees of these sizes, as the tiles of a tree of `size` leaves show the heads.
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

function isSame(a: TreeHead, b: TreeHead): boolean {
  return Buffer.compare(a.root, b.root) === 0;
}
