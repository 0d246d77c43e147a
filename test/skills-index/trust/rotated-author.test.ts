import { describe, expect, it } from 'vitest';
import { keyStatement, predicateTypes } from '../../../skills-index/statement/attestation.ts';
import { type Twist, tellStory } from '../story.ts';
import { testSigner } from '../story-keys.ts';
import { says } from './decision/judged.ts';
import {
  ada,
  administrator,
  author,
  claim,
  enrol,
  stranger,
  succeed,
} from './decision/withheld.ts';

const old = testSigner('ben author key');
const next = testSigner('next');
const reasonsOf = async (twist: Twist): Promise<string[]> => says((await tellStory(twist)).input);

describe('an author who rotated their key', () => {
  it.each([
    ['by the name of the old key', old, next],
    ['by the name of the new one', next, old],
  ])('approves what they published by no passkey of theirs: %s', async (_, member, publisher) => {
    const reasons = await reasonsOf({
      claim: async (log) => {
        if (member === old) await log.say(enrol('Ben', { key: old.named }), administrator);
        await log.say(claim('acme', [old]), old);
        await log.say(succeed(old, next), old);
        if (member === next) await log.say(enrol('Ben', { key: next.named }), administrator);
        if (publisher === next)
          await log.say(keyStatement({ key: old.named, state: 'ended' }), next);
      },
      signer: ({ predicateType }) =>
        predicateType === predicateTypes.publish ? publisher : undefined,
    });
    expect(reasons).toEqual([
      expect.stringMatching(/approval of Ben .* an author cannot approve their own version/),
      'approvals-missing: 1 of 2 people approved the version',
    ]);
  });

  it('is no stranger’s to name: who calls author and reviewer successors of their own key keeps nobody from approving', async () => {
    const reasons = await reasonsOf({
      before: async (log) => {
        await log.say(claim('strange', [stranger]), stranger);
        await log.say(succeed(stranger, author), stranger);
        await log.say(succeed(stranger, ada), stranger);
      },
    });
    expect(reasons).toEqual([]);
  });
});
