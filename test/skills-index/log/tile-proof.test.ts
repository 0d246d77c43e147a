import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { headQuestion, treeRootFrom } from '../../../skills-index/log/head-question.ts';
import { type Hash, leafHash } from '../../../skills-index/log/merkle-tree.ts';
import { tilesOf } from '../../../skills-index/log/tile-files.ts';
import {
  answerFrom,
  consistencyQuestion,
  parseHashTile,
  type TileId,
  tilePath,
  tilesFor,
} from '../../../skills-index/log/tile-proof.ts';
import {
  consistencyProof,
  hashTile,
  inclusionProof,
  inclusionQuestion,
  nodesFromLeaves,
} from './whole-tree.ts';

const leafAt = (index: number): Hash => leafHash(Buffer.from(`entry ${index}`));
const nodeAt = nodesFromLeaves(leafAt);
const contentOf = (tile: TileId): readonly Hash[] => parseHashTile(hashTile(tile, nodeAt), tile);
const served = (tiles: readonly TileId[]): Map<string, readonly Hash[]> =>
  new Map(tiles.map((tile) => [tilePath(tile), contentOf(tile)]));
const sizes = fc
  .integer({ min: 1, max: 1_500 })
  .chain((size) => fc.tuple(fc.constant(size), fc.integer({ min: 1, max: size })));

describe('what is asked of tiles', () => {
  it('is answered as from the leaves, with tiles that the tree has', () => {
    fc.assert(
      fc.property(sizes, ([size, part]) => {
        const there = new Set(tilesOf(size).map(tilePath));
        const answers: [unknown, unknown][] = [];
        for (const [question, expected] of [
          [consistencyQuestion(part, size), consistencyProof(part, size, leafAt)],
          [inclusionQuestion(part - 1, size), inclusionProof(part - 1, size, leafAt)],
          [headQuestion(part), { size: part, root: treeRootFrom(part, nodeAt) }],
        ] as const) {
          const tiles = tilesFor(question, size);
          expect(tiles.every((tile) => there.has(tilePath(tile)))).toBe(true);
          answers.push([answerFrom<unknown>(question, size, served(tiles)), expected]);
        }
        for (const [answer, expected] of answers) expect(answer).toEqual(expected);
      }),
      { numRuns: 20 },
    );
  });

  it('has no answer when a tile is missing or too short', () => {
    const question = consistencyQuestion(300, 700);
    const tiles = served(tilesFor(question, 700));
    for (const path of tiles.keys()) {
      expect(
        answerFrom(question, 700, new Map([...tiles].filter(([other]) => other !== path))),
      ).toBeUndefined();
      expect(answerFrom(question, 700, new Map([...tiles, [path, []]]))).toBeUndefined();
    }
  });

  it('needs few tiles of a log of ten million entries', () => {
    const size = 10_000_000;
    expect(tilesFor(consistencyQuestion(9_999_000, size), size).length).toBeLessThanOrEqual(12);
    expect(tilesFor(inclusionQuestion(1_234_567, size), size).length).toBeLessThanOrEqual(8);
  });
});
