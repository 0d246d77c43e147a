import { describe, expect, it } from 'vitest';
import { signCosignature } from '../../../skills-index/log/sign-cosignature.ts';
import { type Decision, decide } from '../../../skills-index/trust/decision/decision.ts';
import { signStatus } from '../../../skills-index/trust/index-files/sign-status.ts';
import { people, type Story, storyNow, tellStory } from '../story.ts';
import { testLogKey } from '../story-keys.ts';
import { witnessesOf } from './decision/judged.ts';

const name = 'w1.example';
const witnesses = witnessesOf(1, name);

/** A status whose witnesses saw the log as it was with so many entries, and no further. */
async function decideUnder(story: Story, size: number): Promise<Decision> {
  const head =
    story.log.said[size - 1]?.bundle.verificationMaterial.tlogEntries[0].inclusionProof.checkpoint
      .envelope ?? '';
  const checkpoint =
    head +
    (await signCosignature(head, { name, seconds: storyNow / 1000 - 3600, key: testLogKey(name) }));
  const times = {
    issued: new Date(storyNow - 3_600_000).toISOString(),
    expires: new Date(storyNow + 3_600_000).toISOString(),
  };
  const status = await signStatus({ checkpoint, ...times }, people.status);
  return decide({ ...story.input, witnesses, statuses: [Buffer.from(JSON.stringify(status))] });
}

describe('evidence behind the head that witnesses saw', () => {
  it('counts for nothing, each statement of it, those about who is who too', async () => {
    const story = await tellStory();
    const all = story.log.said.length;
    for (let size = 1; size < all; size++) {
      const decision = await decideUnder(story, size);
      const behind = Array.from({ length: all - size }, (_, at) =>
        expect.stringContaining(`at log index ${size + at} is not below`),
      );
      expect(decision.kind === 'refused' ? decision.reasons : []).toEqual(
        expect.arrayContaining(
          behind.map((message) => expect.objectContaining({ code: 'log-forked', message })),
        ),
      );
    }
    expect(await decideUnder(story, all)).toMatchObject({ kind: 'admitted', witnessed: '1/1' });
  });
});

describe('a clock that tells no time', () => {
  it.each([Number.NaN, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY])(
    'admits nothing: %s',
    async (now) => {
      const decision = decide({ ...(await tellStory()).input, now });
      expect(decision.kind === 'refused' ? decision.reasons : []).toMatchObject([
        { code: 'status-stale' },
      ]);
    },
  );
});
