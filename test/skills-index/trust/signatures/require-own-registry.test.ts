import { describe, expect, it } from 'vitest';
import { digestOf } from '../../../../skills-index/skill/digest.ts';
import { predicateTypes, type Statement } from '../../../../skills-index/statement/attestation.ts';
import { type RootFile, rootFingerprint } from '../../../../skills-index/trust/root/root.ts';
import {
  isBound,
  registryIdOf,
  whyForeignIn,
} from '../../../../skills-index/trust/signatures/own-registry.ts';
import { requireOwnRegistry } from '../../../../skills-index/trust/signatures/require-own-registry.ts';
import { storyRoot } from '../../story.ts';

const own = digestOf('this registry');
const other = digestOf('another registry');
const root: RootFile = { ...storyRoot, first: own };
type Kind = keyof typeof predicateTypes;
const statement = (kind: Kind, registry?: string): Statement =>
  ({
    predicateType: predicateTypes[kind],
    predicate: registry === undefined ? {} : { registry },
  }) as Statement;
const kinds = Object.keys(predicateTypes) as Kind[];
/** Mirrors and imports pass these statements on, so they belong to no registry. */
const passedOn: readonly Kind[] = ['publish', 'provenance'];
const bound = kinds.filter((kind) => !passedOn.includes(kind));

describe('a new statement', () => {
  it.each(bound)('of the kind %s is taken only with the name of this registry', (kind) => {
    expect(isBound(statement(kind))).toBe(true);
    expect(() => requireOwnRegistry(root, statement(kind, own))).not.toThrow();
    for (const [registry, why] of [
      [other, `it was signed for the registry ${other}, and this registry is ${own}`],
      [undefined, `it names no registry, and this registry is ${own}`],
    ])
      expect(() => requireOwnRegistry(root, statement(kind, registry))).toThrow(
        expect.objectContaining({
          code: 'other-registry',
          message: `Cannot take the statement: ${why}`,
        }),
      );
  });

  it.each(passedOn)('of the kind %s is taken in every registry', (kind) => {
    expect(isBound(statement(kind))).toBe(false);
    for (const registry of [own, other, undefined])
      expect(() => requireOwnRegistry(root, statement(kind, registry))).not.toThrow();
  });

  it('names the fingerprint of the first root file', () => {
    const first = rootFingerprint(storyRoot);
    expect(registryIdOf(storyRoot)).toBe(first);
    expect(() => requireOwnRegistry(storyRoot, statement('scan', first))).not.toThrow();
    expect(registryIdOf(root)).toBe(own);
  });
});

describe('a logged statement', () => {
  const why = (file: RootFile, one: Statement, logIndex = 0) =>
    whyForeignIn(file)({ statement: one, logIndex });

  it.each<[string, Statement, string | undefined]>([
    ['that names this registry counts', statement('scan', own), undefined],
    [
      'that names another registry does not count',
      statement('scan', other),
      `it was signed for the registry ${other}`,
    ],
    ['that is passed on counts, whatever it names', statement('publish', other), undefined],
  ])('%s', (_, one, expected) => {
    expect(why(root, one, 7)).toBe(expected);
  });

  it.each<[string, Partial<RootFile>, readonly number[], readonly number[]]>([
    ['up to the recorded log index', { tuf: 1, unnamedUpTo: 4 }, [0, 4], [5, 6]],
    ['up to the recorded log index, without TUF', { unnamedUpTo: 4 }, [0, 4], [5, 6]],
    ['nowhere, where nothing is recorded', { tuf: 1 }, [], [0, 1, 9]],
    ['everywhere, in an old registry', {}, [0, 1, 999_999], []],
  ])('without a registry counts %s', (_, more, counts, doesNot) => {
    const file = { ...root, ...more };
    for (const at of counts) expect(why(file, statement('scan'), at)).toBeUndefined();
    for (const at of doesNot) expect(why(file, statement('scan'), at)).toBe('it names no registry');
  });
});
