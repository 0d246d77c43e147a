import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  appendLeaf,
  type CompactRange,
  emptyRange,
  proofsOfAppended,
  rangeRoot,
} from '../../../skills-index/log/compact-range.ts';
import {
  type Hash,
  leafHash,
  nodeHash,
  verifyConsistency,
  verifyInclusion,
} from '../../../skills-index/log/merkle-tree.ts';
import { consistencyProof, inclusionProof } from './whole-tree.ts';

// The definition of RFC 6962 §2.1, word for word: what everything else is compared with.
function naiveRoot(entries: readonly Uint8Array[]): Hash {
  const [only, ...more] = entries;
  if (only === undefined) return createHash('sha256').digest();
  if (more.length === 0) return createHash('sha256').update(Buffer.of(0)).update(only).digest();
  let k = 1;
  while (k * 2 < entries.length) k *= 2;
  return createHash('sha256')
    .update(Buffer.of(1))
    .update(naiveRoot(entries.slice(0, k)))
    .update(naiveRoot(entries.slice(k)))
    .digest();
}

const entriesOf = (size: number): Uint8Array[] =>
  Array.from({ length: size }, (_, index) => Buffer.from(`entry ${index}`));
const grown = (entries: readonly Uint8Array[]): CompactRange =>
  entries.reduce<CompactRange>((range, one) => appendLeaf(range, leafHash(one)), emptyRange);
const leafAt =
  (entries: readonly Uint8Array[]) =>
  (index: number): Hash =>
    leafHash(entries[index] ?? Buffer.of());
const hex = (hash: Hash): string => Buffer.from(hash).toString('hex');
const size = fc.integer({ min: 1, max: 36 });

describe('the tree', () => {
  it.each([
    [0, 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
    [1, '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d'],
  ])('has the roots of the test vectors of RFC 6962: %i leaves', (count, root) => {
    expect(hex(rangeRoot(grown(Array.from({ length: count }, () => Buffer.of()))))).toBe(root);
  });

  it('has the roots of the certificate-transparency test data for its eight leaves', () => {
    const leaves = [
      '',
      '00',
      '10',
      '2021',
      '3031',
      '40414243',
      '5051525354555657',
      '606162636465666768696a6b6c6d6e6f',
    ];
    const range = grown(leaves.map((text) => Buffer.from(text, 'hex')));
    expect(hex(rangeRoot(range))).toBe(
      '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
    );
  });

  it('does not grow from a range that has lost a peak', () => {
    expect(() => appendLeaf({ size: 1, peaks: [] }, leafHash(Buffer.of()))).toThrow(
      expect.objectContaining({
        code: 'log-invalid',
        message: 'The compact range has fewer peaks than its size says',
      }),
    );
  });

  it('grown leaf by leaf is the one of the definition', () => {
    fc.assert(
      fc.property(
        size,
        (count) => hex(rangeRoot(grown(entriesOf(count)))) === hex(naiveRoot(entriesOf(count))),
      ),
    );
  });
});

describe('an inclusion proof', () => {
  const claimOf = (count: number, index: number) => {
    const entries = entriesOf(count);
    const proof = inclusionProof(index, count, leafAt(entries));
    return { leaf: leafAt(entries)(index), index, size: count, root: naiveRoot(entries), proof };
  };
  const place = size.chain((count) => fc.tuple(fc.constant(count), fc.nat(count - 1)));

  it('shows every leaf of every tree', () => {
    fc.assert(fc.property(place, ([count, index]) => verifyInclusion(claimOf(count, index))));
  });

  it('of each leaf that is appended together with others needs only the range before them', () => {
    fc.assert(
      fc.property(place, ([count, from]) => {
        const before = grown(entriesOf(from));
        const leaves = entriesOf(count).slice(from).map(leafHash);
        const proofs = proofsOfAppended(before, leaves).map((proof) => proof.map(hex));
        expect(proofs).toEqual(leaves.map((_, at) => claimOf(count, from + at).proof.map(hex)));
      }),
    );
  });

  it('shows nothing else: another index, size, leaf, root or hash', () => {
    fc.assert(
      fc.property(place, fc.nat(), fc.nat(), ([count, index], otherIndex, at) => {
        const claim = claimOf(count, index);
        const other = leafHash(Buffer.from('another'));
        if (otherIndex % count !== index)
          expect(verifyInclusion({ ...claim, index: otherIndex % count })).toBe(false);
        expect(verifyInclusion({ ...claim, leaf: other })).toBe(false);
        expect(verifyInclusion({ ...claim, root: other })).toBe(false);
        expect(verifyInclusion({ ...claim, proof: [...claim.proof, other] })).toBe(false);
        expect(verifyInclusion({ ...claim, index: count })).toBe(false);
        if (claim.proof.length === 0) return;
        expect(verifyInclusion({ ...claim, proof: claim.proof.slice(1) })).toBe(false);
        expect(
          verifyInclusion({ ...claim, proof: claim.proof.with(at % claim.proof.length, other) }),
        ).toBe(false);
      }),
    );
  });

  it.each([-1, 0.5, Number.NaN, 3, 4, 2 ** 53])('is not taken at index %s', (index) => {
    expect(verifyInclusion({ ...claimOf(3, 1), index })).toBe(false);
    expect(() => inclusionProof(index, 3, leafAt(entriesOf(3)))).toThrow(
      expect.objectContaining({ code: 'log-invalid' }),
    );
  });

  // Halved and rounded down they would all end where the first leaf does.
  it.each([-1, 0.5])('of the first leaf is not one of index %s', (index) => {
    expect(verifyInclusion({ ...claimOf(4, 0), index })).toBe(false);
  });

  it('in a tree of four is not one in a tree of four and a half', () => {
    expect(verifyInclusion({ ...claimOf(4, 0), size: 4.5 })).toBe(false);
  });

  it('in a larger tree is not one in a smaller tree with its root', () => {
    expect(verifyInclusion({ ...claimOf(4, 3), index: 1, size: 2 })).toBe(false);
    expect(verifyInclusion({ ...claimOf(2, 1), index: 3, size: 4 })).toBe(false);
  });

  it('does not move a byte from the leaf into its neighbour', () => {
    const { leaf, proof, ...claim } = claimOf(2, 0);
    const [first = leaf] = proof;
    const moved = {
      ...claim,
      leaf: leaf.subarray(0, 31),
      proof: [Buffer.concat([leaf.subarray(31), first])],
    };
    expect(verifyInclusion(moved)).toBe(false);
  });

  it('with hashes of another length is not taken', () => {
    const claim = claimOf(2, 0);
    expect(
      verifyInclusion({ ...claim, proof: claim.proof.map((hash) => Buffer.concat([hash, hash])) }),
    ).toBe(false);
  });
});

describe('a consistency proof', () => {
  const head = (count: number) => ({ size: count, root: naiveRoot(entriesOf(count)) });
  const sizes = size.chain((second) =>
    fc.tuple(fc.integer({ min: 1, max: second }), fc.constant(second)),
  );
  const claimOf = (first: number, second: number) => ({
    first: head(first),
    second: head(second),
    proof: consistencyProof(first, second, leafAt(entriesOf(second))),
  });

  it('shows that every tree continues every smaller one', () => {
    fc.assert(fc.property(sizes, ([first, second]) => verifyConsistency(claimOf(first, second))));
  });

  it('shows nothing for a tree whose beginning is another', () => {
    fc.assert(
      fc.property(sizes, fc.nat(), ([first, second], at) => {
        const claim = claimOf(first, second);
        const other = {
          size: first,
          root: naiveRoot(entriesOf(first).with(at % first, Buffer.from('another'))),
        };
        expect(verifyConsistency({ ...claim, first: other })).toBe(false);
        expect(verifyConsistency({ ...claim, second: { ...claim.second, root: other.root } })).toBe(
          false,
        );
        expect(verifyConsistency({ ...claim, proof: [...claim.proof, other.root] })).toBe(false);
        if (claim.proof.length === 0) return;
        expect(verifyConsistency({ ...claim, proof: claim.proof.slice(0, -1) })).toBe(false);
        expect(
          verifyConsistency({
            ...claim,
            proof: claim.proof.with(at % claim.proof.length, other.root),
          }),
        ).toBe(false);
      }),
    );
  });

  it.each<[string, number, number]>([
    ['a first size between two', 3.5, 7],
    ['a second size between two', 3, 7.5],
  ])('says nothing of %s', (_, older, newer) => {
    const { first, second, proof } = claimOf(3, 7);
    expect(
      verifyConsistency({
        first: { ...first, size: older },
        second: { ...second, size: newer },
        proof,
      }),
    ).toBe(false);
  });

  it('is no inclusion proof that starts before the first leaf', () => {
    const [leaf, ...path] = [
      leafAt(entriesOf(4))(0),
      ...inclusionProof(0, 4, leafAt(entriesOf(4))),
    ];
    expect(
      verifyConsistency({
        first: { size: -1, root: leaf },
        second: head(4),
        proof: [leaf, ...path],
      }),
    ).toBe(false);
  });

  it('that stops before the top shows no smaller tree as a larger one', () => {
    const [sibling = naiveRoot([])] = claimOf(2, 4).proof;
    const larger = { size: 8, root: head(4).root };
    expect(verifyConsistency({ first: head(2), second: head(4), proof: [sibling] })).toBe(true);
    expect(verifyConsistency({ first: head(2), second: larger, proof: [sibling] })).toBe(false);
  });

  it('does not move a byte from one hash into the next', () => {
    const [four, five, six] = [4, 5, 6].map(leafAt(entriesOf(7)));
    if (four === undefined || five === undefined || six === undefined) throw new Error('no leaves');
    const pair = nodeHash(four, five);
    const left = head(4).root;
    const short = pair.subarray(0, 31);
    const proof = [short, Buffer.concat([pair.subarray(31), six]), left];
    expect(
      verifyConsistency({
        first: { size: 6, root: nodeHash(left, short) },
        second: head(7),
        proof,
      }),
    ).toBe(false);
  });

  it('never goes backwards', () => {
    expect(
      verifyConsistency({ first: head(4), second: { size: 3, root: head(4).root }, proof: [] }),
    ).toBe(false);
    expect(verifyConsistency({ first: head(4), second: head(3), proof: [] })).toBe(false);
    expect(() => consistencyProof(4, 3, leafAt(entriesOf(4)))).toThrow(
      expect.objectContaining({ code: 'log-invalid' }),
    );
  });

  it('from nothing is nothing, and only the empty tree begins everywhere', () => {
    expect(verifyConsistency({ first: head(0), second: head(5), proof: [] })).toBe(true);
    expect(
      verifyConsistency({ first: { size: 0, root: head(1).root }, second: head(5), proof: [] }),
    ).toBe(false);
    expect(verifyConsistency({ first: head(0), second: head(5), proof: [head(1).root] })).toBe(
      false,
    );
  });
});
