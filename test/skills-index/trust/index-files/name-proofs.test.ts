/** The proofs of names as a registry sends them, and what they prove of the map. */
import { describe, expect, it } from 'vitest';
import {
  emptyMapRoot,
  hashAt,
  mapDepth,
  mapValueOf,
  proveKey,
  putLeaves,
} from '../../../../skills-index/log/map-tree.ts';
import {
  type NameProof,
  nameProofsBytesMax,
  parseNameProofsFile,
  provesName,
} from '../../../../skills-index/trust/index-files/name-proofs.ts';
import {
  nameProofOf,
  printNameProofsFile,
} from '../../../../skills-index/trust/index-files/print-name-proofs.ts';
import { mapKeyOf } from '../../../../skills-index/trust/members-and-scopes/map-names.ts';

const indexes = new Map([
  ['scope/acme', [3]],
  ['identity/author', [0, 4]],
  ['identity/ada', [1]],
  ['bundle/report', [9, 12, 15]],
]);
const nodes = putLeaves(
  () => undefined,
  [...indexes].map(([name, at]) => ({
    key: mapKeyOf(name),
    value: mapValueOf(at) ?? emptyMapRoot,
  })),
);
const map = hashAt(nodes.get(''));
const proofOf = (name: string, upTo = Number.POSITIVE_INFINITY): NameProof =>
  nameProofOf(
    { at: indexes.get(name) ?? [], upTo },
    proveKey((path) => nodes.get(path), mapKeyOf(name)),
  );

/** Names without statements: where another leaf lies on the path, and where no leaf does. */
const strangers = Array.from({ length: 64 }, (_, nth) => `scope/stranger-${nth}`);
const isBesideLeaf = (name: string): boolean => proofOf(name).other !== undefined;
const besideLeaf = strangers.find(isBesideLeaf) ?? '';
const atEmptyPlace = strangers.find((name) => !isBesideLeaf(name)) ?? '';

describe('a proof of a name', () => {
  it.each([...indexes.keys()])('shows all statements about %s', (name) => {
    expect(provesName(map, name, proofOf(name))).toBe(true);
  });

  it.each([
    ['another name’s leaf is on the path', besideLeaf],
    ['no leaf is on the path', atEmptyPlace],
  ])('shows that there is no statement: %s', (_, name) => {
    expect(provesName(map, name, proofOf(name))).toBe(true);
    expect(provesName(map, name, { ...proofOf(name), at: [3] })).toBe(false);
  });

  it('needs nothing of a map without names', () => {
    const empty = { at: [], siblings: [] };
    expect(provesName(emptyMapRoot, 'scope/acme', empty)).toBe(true);
    expect(provesName(map, 'scope/acme', empty)).toBe(false);
  });

  const honest = proofOf('identity/author');
  const [, ...others] = honest.siblings;
  it.each<[string, Partial<NameProof>]>([
    ['a statement is left out', { at: [0] }],
    ['a statement is made up', { at: [0, 4, 5] }],
    ['a hash next to the path is missing', { siblings: others }],
    ['a hash next to the path is another', { siblings: [emptyMapRoot, ...others] }],
    [
      'it has the leaf of another name besides',
      { other: { key: mapKeyOf('scope/acme'), value: emptyMapRoot } },
    ],
    [
      'the name’s own leaf is passed off as another one',
      {
        at: [],
        other: { key: mapKeyOf('identity/author'), value: mapValueOf([0, 4]) ?? emptyMapRoot },
      },
    ],
  ])('proves nothing when %s', (_, change) => {
    expect(provesName(map, 'identity/author', { ...honest, ...change })).toBe(false);
  });

  it('proves nothing about another name, or in another map', () => {
    expect(provesName(map, 'identity/ada', honest)).toBe(false);
    expect(provesName(emptyMapRoot, 'identity/author', honest)).toBe(false);
  });

  it('without statements does not hide that the name has some', () => {
    const lie = proofOf(besideLeaf);
    expect(provesName(map, 'identity/author', lie)).toBe(false);
  });
});

describe('a file of name proofs', () => {
  const names = new Map([
    ['identity/author', proofOf('identity/author', 5)],
    ['bundle/report', proofOf('bundle/report')],
    [besideLeaf, proofOf(besideLeaf)],
  ]);
  const printed = printNameProofsFile({ map, names });
  const json = (): Record<string, unknown> => JSON.parse(printed);
  const parse = (change: object) =>
    parseNameProofsFile(Buffer.from(JSON.stringify({ ...json(), ...change })));
  const named = (change: object) =>
    parse({ names: [{ name: 'scope/acme', at: [3], siblings: [], ...change }] });

  it('is read as the registry prints it, and proves the same', () => {
    const read = parseNameProofsFile(Buffer.from(printed));
    expect(Buffer.from(read.map)).toEqual(Buffer.from(map));
    expect([...read.names.keys()]).toEqual([...names.keys()]);
    for (const [name, proof] of read.names) expect(provesName(read.map, name, proof)).toBe(true);
    expect(read.names.get('identity/author')).toMatchObject({ at: [0, 4], upTo: 5 });
    expect(read.names.get('bundle/report')).not.toHaveProperty('upTo');
    expect(read.names.get('bundle/report')).not.toHaveProperty('name');
  });

  const hash = Buffer.alloc(32, 7).toString('base64');
  it.each<[string, () => unknown]>([
    ['is of another schema', () => parse({ schema: 'skillgate.name-proofs/2' })],
    ['has a map of 31 bytes', () => parse({ map: Buffer.alloc(31).toString('base64') })],
    ['has too long a path', () => named({ siblings: Array(mapDepth + 1).fill(hash) })],
    ['has a leaf with a short value', () => named({ other: { key: hash, value: 'AAAA' } })],
    ['is no JSON', () => parseNameProofsFile(Buffer.from('{'))],
  ])('is refused when it %s', (_, read) => {
    expect(read).toThrow(expect.objectContaining({ code: 'registry-answer-invalid' }));
  });

  it('is read up to its limit of bytes, and not beyond', () => {
    const padded = (bytes: number): Buffer => Buffer.from(printed.padEnd(bytes));
    expect(parseNameProofsFile(padded(nameProofsBytesMax)).names.size).toBe(names.size);
    expect(() => parseNameProofsFile(padded(nameProofsBytesMax + 1))).toThrow(
      'The words of a version are too large',
    );
  });
});
