import { describe, expect, it } from 'vitest';
import { digestOf, hexOf } from '../../../../skills-index/skill/digest.ts';
import { predicateTypes, type Statement } from '../../../../skills-index/statement/attestation.ts';
import { provenanceStatement } from '../../../../skills-index/statement/version-statement.ts';
import { chainOf } from '../../../../skills-index/trust/decision/chain.ts';
import { decide } from '../../../../skills-index/trust/decision/decision.ts';
import {
  judge,
  levelWords,
  slsaLevelOf,
  whyNotLevels,
} from '../../../../skills-index/trust/decision/judge.ts';
import { people, type Twist, tellStory } from '../../story.ts';
import type { TestSigner } from '../../story-keys.ts';
import { codesOf } from './judged.ts';

const [author, other, job] = ['author', 'other', 'job'].map(digestOf) as [
  ReturnType<typeof digestOf>,
  ReturnType<typeof digestOf>,
  ReturnType<typeof digestOf>,
];
const story = await tellStory();

/**
 * The story with provenance by somebody, named by a verification summary that claims these levels.
 */
function withProvenance(signer: TestSigner, verifiedLevels: readonly string[]): Twist {
  let address = '';
  return {
    between: async (log) => {
      address = hexOf(
        (await log.say(provenanceStatement(story.about, { buildDefinition: {} }), signer)).digest,
      );
    },
    statement: (one): Statement => {
      if (one.predicateType !== predicateTypes.summary) return one;
      const inputs = [...one.predicate.inputAttestations, { digest: { sha256: address } }];
      inputs.sort((a, b) => (a.digest.sha256 < b.digest.sha256 ? -1 : 1));
      return { ...one, predicate: { ...one.predicate, inputAttestations: inputs, verifiedLevels } };
    },
  };
}

describe('the SLSA build level', () => {
  it.each([
    ['nothing says where it was made', undefined, 0],
    ['its publisher says so with a key', { signer: author }, 1],
    ['a CI job says so', { signer: author, signers: [author, job] }, 2],
    ['a job for a pull request says so', { signer: author, signers: [] }, 1],
    ['somebody else says so', { signer: other, signers: [other, job] }, 0],
  ] as const)('is what the evidence shows: %s', (_, provenance, level) => {
    expect(slsaLevelOf({ signer: author }, provenance)).toBe(level);
    expect(slsaLevelOf(undefined, provenance)).toBe(0);
  });

  it.each([
    [[], 0, true],
    [levelWords(1), 0, false],
    [levelWords(1), 1, true],
    [[...levelWords(1), ...levelWords(2)], 2, false],
    [['verified'], 2, false],
  ] as const)('is not claimed beyond that: %j where it is %i', (words, level, may) => {
    expect(whyNotLevels(words, level) === undefined).toBe(may);
  });
});

describe('a verification summary that claims a level', () => {
  it('is admitted with the level that the provenance shows, and shows it', async () => {
    const { input } = await tellStory(withProvenance(people.author, ['SLSA_BUILD_LEVEL_1']));
    expect(decide(input)).toMatchObject({ kind: 'admitted', slsaBuildLevel: 1 });
    expect(JSON.stringify(chainOf(judge(input)))).toContain('SLSA build level 1');
  });

  it.each<[string, TestSigner, string[]]>([
    ['a higher one than the provenance shows', people.author, ['SLSA_BUILD_LEVEL_2']],
    ['one for provenance that a stranger signed', people.stranger, ['SLSA_BUILD_LEVEL_1']],
  ])('is refused: %s', async (_, signer, levels) => {
    expect(codesOf(decide((await tellStory(withProvenance(signer, levels))).input))).toContain(
      'summary-invalid',
    );
  });
});
