/**
 * The words in which a decision says what the log and the status file show; what counts is in
 * decision-people and witnesses.
 */
import { describe, expect, it } from 'vitest';
import { signCosignature } from '../../../../skills-index/log/sign-cosignature.ts';
import { type DecisionInput, decide } from '../../../../skills-index/trust/decision/decision.ts';
import { signStatus } from '../../../../skills-index/trust/index-files/sign-status.ts';
import { stoppedStory } from '../../stopped-story.ts';
import { people, storyNow, tellStory } from '../../story.ts';
import { testLogKey } from '../../story-keys.ts';
import { says as saysOf, witnessesOf } from './judged.ts';

const story = await tellStory();
const since = '2026-03-02T11:00:00.000Z';
const says = (change: Partial<DecisionInput>): string[] => saysOf({ ...story.input, ...change });

describe('what stops a version', () => {
  it.each(['suspended', 'revoked'] as const)(
    'is said with its reason and its place in the log: %s',
    async (kind) => {
      const { input, stop } = await stoppedStory(kind);
      const decision = decide(input);
      expect(decision.kind === 'refused' && decision.reasons.map(({ message }) => message)).toEqual(
        [`${kind} at log index ${stop.logIndex}: it leaks`],
      );
    },
  );
});

describe('witnesses that are missing', () => {
  const now = storyNow / 1000;
  const names = ['w1.example', 'w2.example', 'w3.example'];
  const witnesses = witnessesOf(2, ...names);
  const statusWith = async (
    ...cosigned: readonly (readonly [string, number])[]
  ): Promise<Uint8Array[]> => {
    const note = await story.log.note();
    const lines = cosigned.map(([name, seconds]) =>
      signCosignature(note, { name, seconds, key: testLogKey(name) }),
    );
    const checkpoint = [note, ...(await Promise.all(lines))].join('');
    const expires = new Date(storyNow + 3_600_000).toISOString();
    const signed = await signStatus({ checkpoint, issued: since, expires }, people.status);
    return [Buffer.from(JSON.stringify(signed))];
  };
  const missing = async (...cosigned: readonly (readonly [string, number])[]): Promise<string> =>
    says({ witnesses, statuses: await statusWith(...cosigned) }).join();

  it('are named where they were too late or too early', async () => {
    expect(await missing(['w1.example', now - 90_000], ['w2.example', now + 90_000])).toMatch(
      /^witnesses-missing: 0 of 3 .*, but the policy demands 2 \(w1\.example too long ago, w2\.example in the future\)$/,
    );
  });
});
