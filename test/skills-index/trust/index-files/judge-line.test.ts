/**
 * A reader of the whole log judges the index lines of a registry that leaves statements out of its
 * lines, or keeps offering a version that a later statement stops.
 */
import { describe, expect, it } from 'vitest';
import { predicateTypes } from '../../../../skills-index/statement/attestation.ts';
import { identityId } from '../../../../skills-index/statement/identity-id.ts';
import type { IndexLine } from '../../../../skills-index/trust/index-files/index-line.ts';
import {
  judgeReplayedLine,
  type ReplayedLine,
} from '../../../../skills-index/trust/index-files/judge-line.ts';
import { chainIdentities } from '../../../../skills-index/trust/members-and-scopes/identity.ts';
import { defaultPolicy, type Policy } from '../../../../skills-index/trust/policy/policy.ts';
import { VerifiedStatements } from '../../../../skills-index/trust/signatures/verified-statements.ts';
import type { VerifiedStatement } from '../../../../skills-index/trust/signatures/verify-statement.ts';
import { people, type Story, scanOf, storyRoot, type Twist, tellStory } from '../../story.ts';
import { job, sigstore, tellCertified, trustedRoot } from '../../story-certified.ts';
import type { Said } from '../../story-log.ts';
import { someWorkflow } from '../../story-sigstore.ts';
import {
  ada,
  administrator,
  all,
  author,
  end,
  publishedBy,
  say,
  stop,
  stranger,
} from '../decision/withheld.ts';

const plain = await tellStory();
const memory = new VerifiedStatements();
const verify = ({ bytes }: Said): VerifiedStatement => memory.verify(bytes, storyRoot, trustedRoot);
const isRevocation = ({ statement }: { readonly statement: Said['statement'] }): boolean =>
  statement.predicateType === predicateTypes.revocation;

interface Reading {
  /** What the index line of the story is changed to. */
  readonly line?: Partial<IndexLine>;
  /** Which statements the line names: by default, those up to the verification summary. */
  readonly isNamed?: (said: Said) => boolean;
  readonly policy?: Policy;
}

/** Reads the log to its end, and judges the line of the story's version. */
function replay(story: Story, { line = {}, isNamed, policy = defaultPolicy }: Reading = {}) {
  const log = story.log.said.map(verify);
  const named = story.log.said.filter(
    isNamed ?? (({ logIndex }) => logIndex <= story.summary.logIndex),
  );
  return judgeReplayedLine({ ...story.input.line, ...line }, named.map(verify), {
    root: storyRoot,
    policy,
    identities: chainIdentities(storyRoot, log),
    revocationsAbout: () => log.filter(isRevocation),
  });
}

/** Tells the story, and then what the log says after the verification summary. */
async function toldThen(after: ReturnType<typeof say>, twist: Twist = {}): Promise<Story> {
  const story = await tellStory(twist);
  await after(story.log);
  return story;
}

const version = { name: '@acme/weekly-report', version: '1.4.0' } as never;
const scannerEnded = (upTo: number) =>
  say(
    end('scanner', { roles: ['scanner'], key: people.scanner.named, validUpTo: upTo }),
    administrator,
  );
const honest: ReplayedLine = { refused: [], hidden: [] };

describe('a line of a log that says nothing against the version', () => {
  it('is neither stopped nor refused, and hides nothing', () => {
    expect(replay(plain)).toStrictEqual(honest);
  });
});

describe('a stop that the log has after the verification summary', () => {
  const at = 9;
  it.each([
    ['the version', { target: version }],
    ['the publisher', { target: { publisher: author.keyId } }],
  ])('is demanded of the index, when a reviewer stops %s', async (_, target) => {
    for (const kind of ['suspended', 'revoked'] as const)
      expect(replay(await toldThen(say(stop(kind, target), ada)))).toStrictEqual({
        demanded: { kind, why: `${kind} at log index ${at}: a test` },
        mayStand: kind,
        ...honest,
      });
  });

  it('may still stand in the index for a while after somebody lifted it', async () => {
    const story = await toldThen(all(say(stop('suspended'), ada), say(stop('lifted'), ada)));
    expect(replay(story)).toStrictEqual({ mayStand: 'suspended', ...honest });
  });

  it('may stand in the index although its signer has no right to stop anybody', async () => {
    const story = await toldThen(say(stop('revoked', { target: version }), stranger));
    expect(replay(story)).toStrictEqual({ mayStand: 'revoked', ...honest });
  });

  it('is about every identity that the certificate of the publication satisfies', async () => {
    const signer = sigstore.certify(someWorkflow);
    const told = await tellCertified({ owners: [author.named], publishers: [job], signer });
    const [by] = told.log.said.map(verify).filter(({ certified }) => certified !== undefined);
    const other = by?.signers?.find((id) => id !== identityId(job));
    if (other === undefined) throw new Error('the certificate satisfies one identity only');
    await told.log.say(stop('revoked', { target: { publisher: other } }), stranger);
    expect(replay(told)).toStrictEqual({ mayStand: 'revoked', ...honest });
  });
});

describe('a stop of the publisher before the publication', () => {
  const before = say(stop('suspended'), ada);
  const why = 'suspended at log index 4: a test';

  it.each([
    ['leaves it out', false],
    ['names it', true],
  ])('speaks against the version where the line %s', async (_, isNamed) => {
    const story = await tellStory({ before });
    const named = (said: Said): boolean => isNamed || !isRevocation(said);
    expect(replay(story, { isNamed: named })).toStrictEqual({
      demanded: { kind: 'suspended', why },
      mayStand: 'suspended',
      refused: [],
      hidden: [`the publisher of the version was ${why}`],
    });
  });
});

describe('a line that installers refuse as it is', () => {
  it.each<[string, Reading, string]>([
    [
      'it names another log index than the verification summary has',
      { line: { logIndex: 3 } },
      'the index names the log index 3, but the verification summary is at 8',
    ],
    [
      'it names another publisher than the one that signed',
      { line: { publisher: stranger.keyId } },
      `the index names the publisher ${stranger.keyId}, but ${author.keyId} signed`,
    ],
    [
      'it leaves out the verification summary',
      { isNamed: ({ statement: { predicateType: type } }) => type !== predicateTypes.summary },
      'there is no verification summary of the registry',
    ],
  ])('tells why, and hides nothing from them: %s', (_, reading, why) => {
    const { refused, hidden } = replay(plain, reading);
    expect(refused).toContain(why);
    expect(hidden).toEqual([]);
  });

  it.each<[string, number, readonly string[]]>([
    ['accepts the summary', 99, []],
    [
      'reaches no further than other statements of the line',
      7,
      ['the verification summary was made under another policy'],
    ],
  ])('asks the policy that was in force at the summary: the earlier one %s', (_, upTo, why) => {
    const policy = {
      ...defaultPolicy,
      programs: ['zsh'],
      earlier: [{ policy: defaultPolicy, validUpTo: upTo }],
    };
    expect(replay(plain, { policy }).refused).toEqual(why);
  });

  it('names a publication in the scope of somebody else', async () => {
    const story = await tellStory(publishedBy(stranger));
    const { refused, hidden } = replay(story);
    expect(refused).toContainEqual(expect.stringContaining(stranger.keyId));
    expect(hidden).toEqual([]);
  });

  it('is judged by the statements of its verification summary alone', async () => {
    const story = await tellStory();
    await story.log.say(scanOf(story.about, story.report), stranger);
    const { refused, demanded } = replay(story, { isNamed: () => true });
    expect(refused).toEqual([
      'the verification summary does not name exactly the delivered statements',
      'the verification summary was logged before a statement that it names',
    ]);
    expect(demanded).toBeUndefined();
  });
});

describe('evidence whose signer was ended for the past', () => {
  const scanned = 'it was scanned at log index 5, when the scanner no longer counted';

  it.each<[string, ReturnType<typeof say>, string]>([['the scanner', scannerEnded(4), scanned]])(
    'revokes the version, and a line hides it that leaves it out: %s',
    async (_, ended, why) => {
      const story = await toldThen(ended);
      const demanded = { kind: 'revoked', why };
      expect(replay(story)).toStrictEqual({
        demanded,
        mayStand: 'revoked',
        refused: [],
        hidden: [why],
      });
      expect(replay(story, { isNamed: () => true })).toStrictEqual({
        demanded,
        mayStand: 'revoked',
        refused: [why],
        hidden: [],
      });
    },
  );

  it('does not matter where the end reaches back to later statements only', async () => {
    expect(replay(await toldThen(scannerEnded(5)))).toStrictEqual(honest);
  });

  it('is a worse stop than a suspension, and gives way to a revocation', async () => {
    const target = { target: version, reason: 'it leaks' };
    const suspended = await toldThen(all(say(stop('suspended', target), ada), scannerEnded(4)));
    expect(replay(suspended)).toMatchObject({
      demanded: { kind: 'revoked', why: scanned },
      mayStand: 'revoked',
    });
    const revoked = await toldThen(all(say(stop('revoked', target), ada), scannerEnded(4)));
    expect(replay(revoked)).toMatchObject({
      demanded: { kind: 'revoked', why: 'revoked at log index 9: it leaks' },
      mayStand: 'revoked',
    });
  });
});
