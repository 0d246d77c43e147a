import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  emptyMapRoot,
  hashAt,
  type MapLeaf,
  type MapNode,
  mapRootOf,
  mapValueOf,
  placesAround,
  proveKey,
  provenValue,
  putLeaves,
} from '../../../skills-index/log/map-tree.ts';
import { sha256 } from '../../../skills-index/log/merkle-tree.ts';

// Few different bytes at the beginning: the paths of the leaves part early and late.
const keys = fc
  .tuple(fc.array(fc.constantFrom(0, 1, 128, 255), { minLength: 3, maxLength: 3 }), fc.nat(3))
  .map(([head, tail]) => {
    const key = Buffer.alloc(32, 0);
    key.set(head, 0);
    key.set([tail], 31);
    return key;
  });
const leaves = fc.array(
  fc.record({ key: keys, value: fc.nat(5).map((value) => sha256(Buffer.of(value))) }),
  { maxLength: 40 },
);
const hexOf = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

/** A tree whose leaves came in batches, and the last value of each key. */
function grown(batches: readonly (readonly MapLeaf[])[]) {
  const nodes = new Map<string, MapNode>();
  const last = new Map<string, MapLeaf>();
  for (const batch of batches) {
    // As from a database: the tree sees only the places around the keys.
    const seen = new Set(batch.flatMap(({ key }) => placesAround(key, 0, 256)));
    const at = (path: string) => (seen.has(path) ? nodes.get(path) : undefined);
    for (const [path, node] of putLeaves(at, batch)) nodes.set(path, node);
    for (const leaf of batch) last.set(hexOf(leaf.key), leaf);
  }
  const nodeAt = (path: string) => nodes.get(path);
  return { nodeAt, root: hashAt(nodeAt('')), leaves: [...last.values()] };
}

describe('a map', () => {
  it('has the root of its leaves, in whatever order and batches they came', () => {
    fc.assert(
      fc.property(fc.array(leaves, { maxLength: 6 }), (batches) => {
        const { root, leaves: held } = grown(batches);
        expect(hexOf(root)).toBe(hexOf(mapRootOf(held)));
        expect(hexOf(mapRootOf([...held].reverse()))).toBe(hexOf(root));
      }),
    );
  });

  it('proves the value of each key, and that it has no other', () => {
    fc.assert(
      fc.property(fc.array(leaves, { maxLength: 4 }), keys, (batches, asked) => {
        const { nodeAt, root, leaves: held } = grown(batches);
        for (const key of [asked, ...held.map((leaf) => leaf.key)]) {
          const value = held.find((leaf) => hexOf(leaf.key) === hexOf(key))?.value ?? 'none';
          expect(provenValue(root, key, proveKey(nodeAt, key))).toEqual(value);
        }
      }),
    );
  });

  it('proves nothing by a changed proof, nor of another root', () => {
    fc.assert(
      fc.property(leaves, keys, fc.nat(), fc.nat(7), (held, asked, where, bit) => {
        const { nodeAt, root } = grown([held]);
        const proof = proveKey(nodeAt, asked);
        const honest = provenValue(root, asked, proof);
        const changed = (bytes: Uint8Array) => {
          const copy = Buffer.from(bytes);
          const at = where % 32;
          copy[at] = (copy[at] ?? 0) ^ (1 << bit);
          return copy;
        };
        const { siblings, leaf } = proof;
        const nth = siblings.length === 0 ? 0 : where % siblings.length;
        const lies = [
          ...siblings.slice(0, 1).map(() => ({
            ...proof,
            siblings: siblings.map((one, at) => (at === nth ? changed(one) : one)),
          })),
          { ...proof, siblings: [...siblings, emptyMapRoot] },
          ...siblings.slice(0, 1).map(() => ({ ...proof, siblings: siblings.slice(0, -1) })),
          ...(leaf === undefined
            ? [{ siblings, leaf: { key: asked, value: emptyMapRoot } }]
            : [
                { siblings },
                { siblings, leaf: { ...leaf, value: changed(leaf.value) } },
                { siblings, leaf: { ...leaf, key: changed(leaf.key) } },
              ]),
        ];
        for (const lie of lies) expect(provenValue(root, asked, lie)).toBeUndefined();
        expect(provenValue(changed(root), asked, proof)).toBeUndefined();
        expect(honest).toBeDefined();
      }),
    );
  });

  it('takes no leaf of another place as a proof that a key has no value', () => {
    const near = Buffer.alloc(32);
    const far = Buffer.alloc(32, 255);
    const value = sha256(Buffer.of(1));
    const { nodeAt, root } = grown([
      [
        { key: near, value },
        { key: far, value },
      ],
    ]);
    expect(provenValue(root, near, proveKey(nodeAt, far))).toBeUndefined();
    expect(provenValue(root, near, { siblings: [], leaf: { key: far, value } })).toBeUndefined();
  });

  it('commits to each log index of a name, and to their order', () => {
    const values = [[], [1], [2], [1, 2], [2, 1], [1, 2, 3], [1, 3], [12]].map((indexes) =>
      hexOf(mapValueOf(indexes) ?? Buffer.alloc(0)),
    );
    expect(new Set(values).size).toBe(values.length);
  });
});
