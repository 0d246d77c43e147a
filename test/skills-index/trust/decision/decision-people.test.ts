import { describe, expect, it } from 'vitest';
import type { Digest } from '../../../../skills-index/skill/digest.ts';
import { parseScope } from '../../../../skills-index/skill/name.ts';
import {
  memberStatement,
  predicateTypes,
  type Statement,
  scopeStatement,
} from '../../../../skills-index/statement/attestation.ts';
import { type Decision, decide } from '../../../../skills-index/trust/decision/decision.ts';
import { freshNonce } from '../../../nonce.ts';
import { people, type Story, type Twist, tellStory } from '../../story.ts';
import { type TestSigner, testPasskey, testSigner } from '../../story-keys.ts';
import { codesOf } from './judged.ts';

const { administrator, author, ben, stranger } = people;
const second = testSigner('second key');
const messagesOf = (decision: Decision): string =>
  decision.kind === 'refused' ? decision.reasons.map((one) => one.message).join('\n') : '';
const told = async (twist: Twist): Promise<Decision> => decide((await tellStory(twist)).input);
const isApproval = (one: Statement, by: 'keyId' | 'credentialId'): boolean =>
  one.predicateType === predicateTypes.approval && by in one.predicate.reviewer;
const enrol = (name: string, key: TestSigner): Statement =>
  memberStatement({
    nonce: freshNonce(),
    name,
    roles: ['reviewer'],
    key: key.named,
    state: 'enrolled',
  });

/** What a change of the story's scope names. */
function claimIn({ identities }: Story): { previous?: Digest } {
  const claim = identities.find((one) => one.statement.predicateType === predicateTypes.scope);
  return claim === undefined ? {} : { previous: claim.digest };
}

describe('a reviewer', () => {
  it('with two keys is still one person', async () => {
    let approvals = 0;
    const decision = await told({
      before: (log) => log.say(enrol('Ada', second), administrator),
      approvals: ['ada', 'ada'],
      approval: (one) =>
        approvals++ === 0 ? one : { ...one, reviewer: { member: 'Ada', keyId: second.keyId } },
      signer: (one) => (isApproval(one, 'keyId') && approvals === 2 ? second : undefined),
    });
    expect(codesOf(decision)).toEqual(['approvals-missing']);
  });

  it('who holds a key of the author’s scope never approves, with whatever key or passkey', async () => {
    const decision = await told({ before: (log) => log.say(enrol('Ben', author), administrator) });
    expect(messagesOf(decision)).toContain(
      'the approval of Ben at log index 8 does not count: an author cannot approve their own version',
    );
  });
});

describe('the claim of a scope', () => {
  // The registry lets a stranger claim the scope a second time and withholds the true claim: to who
  // comes new it looks like the first.
  const forged = async (scopeClaim?: number): Promise<Decision> => {
    const again = scopeStatement({
      scope: parseScope('acme'),
      owners: [stranger.named, author.named],
    });
    const story = await tellStory({
      before: (log) => log.say(again, stranger),
      signer: (one) => (one.predicateType === predicateTypes.publish ? stranger : undefined),
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
      'made with an unenrolled passkey',
      changed({ assertion: testPasskey('eve').assert(Buffer.alloc(32)) }),
      'it is of another passkey',
    ],
    [
      'that has no assertion',
      changed({ assertion: undefined }),
      'it has no assertion of a passkey',
    ],
    [
      'logged by a stranger',
      { signer: (one) => (isApproval(one, 'credentialId') ? stranger : undefined) },
      'it was not logged by the registry',
    ],
  ])('%s does not count', async (_, twist, message) => {
    expect(messagesOf(await told(twist))).toContain(message);
  });

  it('of a passkey that ended does not count', async () => {
    const ended = memberStatement({
      nonce: freshNonce(),
      name: 'Ben',
      roles: ['reviewer'],
      passkey: ben.enrolled,
      state: 'ended',
    });
    expect(messagesOf(await told({ before: (log) => log.say(ended, administrator) }))).toContain(
      'its passkey was not enrolled at that log index',
    );
  });
});
