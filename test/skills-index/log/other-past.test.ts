import { describe, expect, it } from 'vitest';
import { provesOtherPast } from '../../../skills-index/log/add-checkpoint.ts';
import { treeRootFrom } from '../../../skills-index/log/head-question.ts';
import { type Hash, leafHash } from '../../../skills-index/log/merkle-tree.ts';
import { consistencyProof, inclusionProof, nodesFromLeaves } from './whole-tree.ts';

describe('another past', () => {
  const leafAt = (index: number): Hash => leafHash(Buffer.from(`entry ${index}`));
  const head = (count: number) => ({
    size: count,
    root: treeRootFrom(count, nodesFromLeaves(leafAt)),
  });
  const other = leafHash(Buffer.from('another'));
  const proofOf = (first: number, second: number): Hash[] =>
    consistencyProof(first, second, leafAt);

  it('is shown by a proof that holds for the second tree alone', () => {
    expect(
      provesOtherPast({ first: { size: 3, root: other }, second: head(7), proof: proofOf(3, 7) }),
    ).toBe(true);
    expect(provesOtherPast({ first: head(3), second: head(7), proof: proofOf(3, 7) })).toBe(false);
    expect(
      provesOtherPast({
        first: { size: 3, root: other },
        second: { size: 7, root: other },
        proof: proofOf(3, 7),
      }),
    ).toBe(false);
    expect(provesOtherPast({ first: { size: 3, root: other }, second: head(7), proof: [] })).toBe(
      false,
    );
  });

  // Nobody is convicted by these: the hashes lead to the second root, and there is no pair of
  // trees.
  it.each<[string, number, number, readonly Hash[]]>([
    ['nothing', 0, 4, [leafAt(0), ...inclusionProof(0, 4, leafAt)]],
    ['a size between two', 3.5, 7, proofOf(3, 7)],
    ['a tree of the same size', 3, 3, [leafAt(2), head(2).root]],
    ['a larger tree', 5, 3, [leafAt(2), head(2).root]],
  ])('is not shown of %s', (_, older, newer, proof) => {
    expect(
      provesOtherPast({
        first: { size: older, root: other },
        second: { size: newer, root: head(newer).root },
        proof,
      }),
    ).toBe(false);
  });

  it('is not shown by hashes of another length', () => {
    const [start = other, ...rest] = proofOf(6, 7);
    const long = [Buffer.concat([start, start]), ...rest];
    expect(provesOtherPast({ first: { size: 6, root: other }, second: head(7), proof: long })).toBe(
      false,
    );
  });
});
