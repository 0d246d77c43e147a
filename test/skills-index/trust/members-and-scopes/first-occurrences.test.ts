import { describe, expect, it } from 'vitest';
import {
  memberStatement,
  predicateTypes,
  revocationStatement,
  type Statement,
} from '../../../../skills-index/statement/attestation.ts';
import { decide } from '../../../../skills-index/trust/decision/decision.ts';
import { firstOccurrences } from '../../../../skills-index/trust/members-and-scopes/identity.ts';
import { freshNonce } from '../../../nonce.ts';
import { people, type Story, storyConsistency, storyStatus, tellStory } from '../../story.ts';

const { administrator, ada } = people;

/** Reasons against the story with all that was logged since among its evidence. */
async function reasonsOf(story: Story): Promise<string[]> {
  const decision = decide({
    ...story.input,
    line: { ...story.line, statements: story.log.said.map((one) => one.digest) },
    statements: new Map(story.log.said.map((one) => [one.digest, one.bytes])),
    statuses: [await storyStatus(story.log)],
    consistency: storyConsistency(story.log),
  });
  return decision.kind === 'refused' ? decision.reasons.map(({ message }) => message) : [];
}

describe('who keeps the log and logs old words again', () => {
  it('brings no reviewer back who was removed', async () => {
    const story = await tellStory({
      before: async (log) => {
        const isEnrolment = (one: Statement): boolean =>
          one.predicateType === predicateTypes.member && one.predicate.name === 'Ada';
        const old = log.said.find(({ statement }) => isEnrolment(statement));
        const gone = {
          nonce: freshNonce(),
          name: 'Ada',
          roles: ['reviewer'],
          key: ada.named,
          state: 'ended',
        } as const;
        await log.say(memberStatement(gone), administrator);
        if (old !== undefined) await log.append(old.statement, old.envelope, administrator);
      },
    });
    expect(await reasonsOf(story)).toContainEqual(
      expect.stringContaining('its signer was no reviewer at that log index'),
    );
  });

  it('lifts no second suspension with the lift of the first', async () => {
    const story = await tellStory();
    const act = (kind: 'suspended' | 'lifted'): Statement =>
      revocationStatement({
        nonce: freshNonce(),
        kind,
        target: { bundle: story.packed.digest },
        reason: 'leaks',
      });
    const first = act('suspended');
    await story.log.say(first, ada);
    const lift = await story.log.say(act('lifted'), ada);
    expect(await reasonsOf(story)).toEqual([]);
    await story.log.say(act('suspended'), ada);
    await story.log.append(lift.statement, lift.envelope, ada);
    expect(await reasonsOf(story)).toEqual(['suspended at log index 11: leaks']);
  });

  it('makes two people who say the same one no more than each would be', () => {
    const statement = memberStatement({
      nonce: freshNonce(),
      name: 'Ada',
      roles: ['reviewer'],
      key: ada.named,
      state: 'enrolled',
    });
    const said = [
      { statement, signer: ada.keyId, logIndex: 7 },
      { statement, signer: administrator.keyId, logIndex: 6 },
      { statement, signer: ada.keyId, logIndex: 5 },
    ];
    expect(firstOccurrences(said)).toEqual([said[2], said[1]]);
  });

  it.each([[[1, 2, 3]], [[3, 2, 1]], [[2, 3, 1]]])(
    'counts the first log index, in whatever order the log is read: %j',
    (order) => {
      const statement = { predicateType: predicateTypes.scan } as Statement;
      const said = order.map((logIndex) => ({ statement, signer: ada.keyId, logIndex }));
      const other = { statement, signer: administrator.keyId, logIndex: 0 };
      expect(firstOccurrences([...said, other]).map(({ logIndex }) => logIndex)).toEqual([0, 1]);
      // The list of the caller stays as it was.
      expect(said.map(({ logIndex }) => logIndex)).toEqual(order);
    },
  );
});
