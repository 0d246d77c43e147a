/** What the publication, its provenance and the verification summary of a version must say. */
import { describe, expect, it } from 'vitest';
import { digestOf } from '../../../../skills-index/skill/digest.ts';
import { scopeStatement } from '../../../../skills-index/statement/attestation.ts';
import { identityId } from '../../../../skills-index/statement/identity-id.ts';
import { provenanceStatement } from '../../../../skills-index/statement/version-statement.ts';
import { judge } from '../../../../skills-index/trust/decision/judge.ts';
import { people, scanOf, type Twist, tellStory } from '../../story.ts';
import { acme, kim, tellCertified } from '../../story-certified.ts';
import { reasonsOf, says, withAllSaid, withPredicate } from './judged.ts';
import { ada, author, nothing, say, stop, stranger } from './withheld.ts';

const plain = await tellStory();
const { about } = plain;

describe('the publisher of a version', () => {
  it('is stopped by the person of its certificate', async () => {
    const twist: Twist = {
      before: say(stop('revoked', { target: { publisher: identityId(kim) } }), ada),
    };
    const { input } = await tellCertified({ owners: [author.named], publishers: [kim], twist });
    expect(says(input).join('\n')).toContain('the publisher of the version was revoked');
  });

  it.each<[string, Twist, number]>([
    ['the scope was claimed', {}, 3],
    ['nobody claimed the scope', { claim: nothing }, -1],
    [
      'the scope was claimed twice',
      {
        before: say(
          (log) =>
            scopeStatement({
              scope: acme,
              owners: [author.named],
              previous: log.said[3]?.digest ?? digestOf('none'),
            }),
          author,
        ),
      },
      3,
    ],
  ])('is judged with the first claim of the scope: %s', async (_, twist, claim) => {
    expect(judge((await tellStory(twist)).input).parts.publish?.scopeClaim).toBe(claim);
  });
});

describe('the provenance of a version', () => {
  const by =
    (signer: typeof stranger): NonNullable<Twist['between']> =>
    (log) =>
      log.say(provenanceStatement(about, { buildDefinition: {} }), signer);

  it('is no word of somebody who may not publish in the scope', async () => {
    expect((await reasonsOf({ between: by(stranger) })).join('\n')).toMatch(
      new RegExp(`publisher-unknown: provenance: .*${stranger.keyId}`),
    );
  });

  it('is a word of the publisher', async () => {
    expect((await reasonsOf({ between: by(author) })).join('\n')).not.toContain('provenance:');
  });
});

describe('the verification summary', () => {
  it.each<[string, object, string]>([
    [
      'says that the version failed',
      { verificationResult: 'FAILED' },
      'the verification summary is FAILED',
    ],
    [
      'is about another version',
      { resourceUri: 'pkg:skill/%40acme/weekly-report@1.3.0' },
      'the verification summary is about pkg:skill/%40acme/weekly-report@1.3.0',
    ],
  ])('does not count when it %s', async (_, change, why) => {
    expect(await reasonsOf(withPredicate('summary', change))).toEqual([`summary-invalid: ${why}`]);
  });

  it('does not count before one of the statements that it names, while others are older', async () => {
    const story = await tellStory();
    await story.log.say(scanOf(about, story.report), people.scanner);
    expect(says(await withAllSaid(story))).toContain(
      'summary-invalid: the verification summary was logged before a statement that it names',
    );
  });
});
