import { describe, expect, it } from 'vitest';
import { predicateTypes, type Statement } from '../../../../skills-index/statement/attestation.ts';
import { tellStory } from '../../story.ts';
import { says, withAllSaid } from '../decision/judged.ts';
import { ada, administrator, end, stop } from '../decision/withheld.ts';

describe('who keeps the log and logs old words again', () => {
  it('brings no reviewer back who was removed', async () => {
    const story = await tellStory({
      before: async (log) => {
        const isEnrolment = (one: Statement): boolean =>
          one.predicateType === predicateTypes.member && one.predicate.name === 'Ada';
        const old = log.said.find(({ statement }) => isEnrolment(statement));
        await log.say(end('Ada', { key: ada.named }), administrator);
        if (old !== undefined) await log.append(old.statement, old.envelope, administrator);
      },
    });
    expect(says(await withAllSaid(story))).toContainEqual(
      expect.stringContaining('its signer was no reviewer at that log index'),
    );
  });

  it('lifts no second suspension with the lift of the first', async () => {
    const story = await tellStory();
    const target = { bundle: story.packed.digest };
    await story.log.say(stop('suspended', { target }), ada);
    const lift = await story.log.say(stop('lifted', { target }), ada);
    expect(says(await withAllSaid(story))).toEqual([]);
    await story.log.say(stop('suspended', { target }), ada);
    await story.log.append(lift.statement, lift.envelope, ada);
    expect(says(await withAllSaid(story))).toEqual([
      'suspended: suspended at log index 11: a test',
    ]);
  });
});
