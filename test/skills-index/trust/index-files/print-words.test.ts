/** How a registry prints the proofs of names. */
import { describe, expect, it } from 'vitest';
import {
  nameProofOf,
  printWordsFile,
} from '../../../../skills-index/trust/index-files/print-words.ts';

const [map, sibling, key, value] = [1, 2, 3, 4].map((byte) => new Uint8Array(32).fill(byte)) as [
  Uint8Array,
  Uint8Array,
  Uint8Array,
  Uint8Array,
];
const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
const leaf = { key, value };

describe('a printed words file', () => {
  it('has every hash in base64, and no field without a value', () => {
    const names = new Map([
      ['identity/author', { at: [0, 4], upTo: 5, siblings: [sibling, map] }],
      ['scope/other', { at: [], siblings: [], other: leaf }],
    ]);
    expect(JSON.parse(printWordsFile({ map, names }))).toStrictEqual({
      schema: 'skillgate.words/1',
      map: base64(map),
      names: [
        { name: 'identity/author', at: [0, 4], upTo: 5, siblings: [base64(sibling), base64(map)] },
        {
          name: 'scope/other',
          at: [],
          siblings: [],
          other: { key: base64(key), value: base64(value) },
        },
      ],
    });
  });

  it('is the same text for the same proofs: keys are sorted, and no space is printed', () => {
    expect(printWordsFile({ map, names: new Map() })).toBe(
      `{"map":"${base64(map)}","names":[],"schema":"skillgate.words/1"}`,
    );
  });
});

describe('the proof of a name', () => {
  const siblings = [sibling];

  it.each([
    ['an end is named', 7, { upTo: 7 }],
    ['no end is known', Number.POSITIVE_INFINITY, {}],
  ])('names the end of the statements where %s', (_, upTo, expected) => {
    expect(nameProofOf({ at: [3], upTo }, { siblings, leaf })).toStrictEqual({
      at: [3],
      ...expected,
      siblings,
    });
  });

  it.each([
    ['of another name, where the name has no statement', [], leaf, { other: leaf }],
    ['of no name, where the path is empty', [], undefined, {}],
    ['of the name itself in no way: its statements give the leaf', [3], leaf, {}],
  ])('has the leaf %s', (_, at, found, expected) => {
    const proof = { siblings, ...(found === undefined ? {} : { leaf: found }) };
    expect(nameProofOf({ at, upTo: 9 }, proof)).toStrictEqual({
      at,
      upTo: 9,
      siblings,
      ...expected,
    });
  });
});
