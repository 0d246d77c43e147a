import { describe, expect, it } from 'vitest';
import type { Digest } from '../../../../skills-index/skill/digest.ts';
import { predicateTypes, type Statement } from '../../../../skills-index/statement/attestation.ts';
import { type Decision, decide } from '../../../../skills-index/trust/decision/decision.ts';
import { type Story, type Twist, tellStory } from '../../story.ts';
import { testSigner } from '../../story-keys.ts';
import { codesOf, reasonsOf } from './judged.ts';
import {
  ada,
  administrator,
  author,
  ben,
  change,
  claim,
  end,
  enrol,
  publishedBy,
  say,
  stranger,
} from './withheld.ts';

const second = testSigner('second key');
const isApproval = (one: Statement, by: 'keyId' | 'credentialId'): boolean =>
  one.predicateType === predicateTypes.approval && by in one.predicate.reviewer;

/** What a change of the story's scope names. */
function claimIn({ identities }: Story): { previous?: Digest } {
  const claim = identities.find((one) => one.statement.predicateType === predicateTypes.scope);
  return claim === undefined ? {} : { previous: claim.digest };
}

describe('a reviewer', () => {
  it('with two keys is still one person', async () => {
    let approvals = 0;
    const reasons = await reasonsOf({
      before: say(enrol('Ada', { key: second.named }), administrator),
      approvals: ['ada', 'ada'],
      approval: (one) =>
        approvals++ === 0 ? one : { ...one, reviewer: { member: 'Ada', keyId: second.keyId } },
      signer: (one) => (isApproval(one, 'keyId') && approvals === 2 ? second : undefined),
    });
    expect(reasons).toEqual(['approvals-missing: 1 of 2 people approved the version']);
  });

  it('who holds a key of the author’s scope never approves, with whatever key or passkey', async () => {
    const before = say(enrol('Ben', { key: author.named }), administrator);
    expect(await reasonsOf({ before })).toContain(
      'approval-invalid: the approval of Ben at log index 8 does not count: an author cannot approve their own version',
    );
  });

  it('who published the version never approves it, also after giving the scope away', async () => {
    const reasons = await reasonsOf({
      before: say((log) => change(log, [author.named, ada.named]), author),
      ...publishedBy(ada),
      between: say((log) => change(log, [author.named]), author),
    });
    expect(reasons).toContainEqual(
      expect.stringMatching(/approval of Ada .* an author cannot approve their own version/),
    );
  });
});

describe('the claim of a scope', () => {
  // The registry lets a stranger claim the scope a second time and withholds the true claim: to who
  // comes new it looks like the first.
  const forged = async (scopeClaim?: number): Promise<Decision> => {
    const story = await tellStory({
      before: say(claim('acme', [stranger, author]), stranger),
      ...publishedBy(stranger),
    });
    const statements = story.line.statements.filter((digest) => digest !== claimIn(story).previous);
    const line = { ...story.line, statements, publisher: stranger.keyId };
    return decide({
      ...story.input,
      line,
      ...(scopeClaim === undefined ? {} : { pinned: { scopeClaim } }),
    });
  };

  it('is another one than was seen before: refused, whatever owners it names', async () => {
    const { input } = await tellStory();
    const first = decide(input);
    expect(first).toMatchObject({ kind: 'admitted', scopeClaim: 3 });
    expect(codesOf(await forged(3))).toEqual(['publisher-changed']);
    expect((await forged()).kind, 'who comes new cannot know').toBe('admitted');
  });
});

describe('an approval by passkey', () => {
  const changed = (part: object): Twist => ({
    statement: (one) =>
      isApproval(one, 'credentialId')
        ? ({ ...one, predicate: { ...one.predicate, ...part } } as Statement)
        : one,
  });

  it.each<[string, Twist, string]>([
    [
      'whose words were changed after it',
      changed({ reason: 'looks harmless' }),
      'it signs another statement',
    ],
    [
      'logged by a stranger',
      { signer: (one) => (isApproval(one, 'credentialId') ? stranger : undefined) },
      'it was not logged by the registry',
    ],
  ])('%s does not count', async (_, twist, message) => {
    expect((await reasonsOf(twist)).join()).toContain(message);
  });

  it('of a passkey that ended does not count', async () => {
    const before = say(end('Ben', { passkey: ben.enrolled }), administrator);
    expect((await reasonsOf({ before })).join()).toContain(
      'its passkey was not enrolled at that log index',
    );
  });
});
