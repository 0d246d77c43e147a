import { describe, expect, it } from 'vitest';
import { parseScope } from '../../../skills-index/skill/name.ts';
import {
  keyStatement,
  memberStatement,
  predicateTypes,
  scopeStatement,
} from '../../../skills-index/statement/attestation.ts';
import { decide } from '../../../skills-index/trust/decision/decision.ts';
import { freshNonce } from '../../nonce.ts';
import { people, type Twist, tellStory } from '../story.ts';
import { testSigner } from '../story-keys.ts';

const { administrator, author, ada, stranger } = people;
const bens = testSigner('ben author key');
const next = testSigner('next');
const acme = parseScope('acme');
const reasonsOf = async (twist: Twist): Promise<string[]> => {
  const decision = decide((await tellStory(twist)).input);
  return decision.kind === 'refused' ? decision.reasons.map(({ message }) => message) : [];
};
const rotate = (from: typeof bens, to: typeof bens) =>
  keyStatement({ key: to.named, state: 'enrolled', replaces: from.keyId });

describe('an author who rotated their key', () => {
  it.each([
    ['by the name of the old key', bens, next],
    ['by the name of the new one', next, bens],
  ])('approves what they published by no passkey of theirs: %s', async (_, member, other) => {
    const before = bens;
    const after = next;
    const reasons = await reasonsOf({
      claim: async (log) => {
        const enrolled = {
          nonce: freshNonce(),
          name: 'Ben',
          roles: ['reviewer'],
          identities: [],
          state: 'enrolled',
        } as const;
        if (member === before)
          await log.say(memberStatement({ ...enrolled, key: member.named }), administrator);
        await log.say(scopeStatement({ scope: acme, owners: [before.named] }), before);
        await log.say(rotate(before, after), before);
        if (member === after)
          await log.say(memberStatement({ ...enrolled, key: member.named }), administrator);
        if (other === after)
          await log.say(keyStatement({ key: before.named, state: 'ended' }), after);
      },
      signer: ({ predicateType }) =>
        predicateType === predicateTypes.publish ? (other === after ? after : before) : undefined,
    });
    expect(reasons).toEqual([
      expect.stringContaining('the approval of Ben at log index'),
      '1 of 2 people approved the version',
    ]);
    expect(reasons[0]).toContain('an author cannot approve their own version');
  });

  it('is no stranger’s to name: who calls author and reviewer successors of their own key keeps nobody from approving', async () => {
    const reasons = await reasonsOf({
      before: async (log) => {
        await log.say(
          scopeStatement({ scope: parseScope('strange'), owners: [stranger.named] }),
          stranger,
        );
        await log.say(rotate(stranger, author), stranger);
        await log.say(rotate(stranger, ada), stranger);
      },
    });
    expect(reasons).toEqual([]);
  });
});
