/**
 * The words in which a decision says what the log and the status file show; what counts is in
 * decision-people and witnesses.
 */
import { describe, expect, it } from 'vitest';
import { signCosignature } from '../../../../skills-index/log/sign-cosignature.ts';
import { type DecisionInput, decide } from '../../../../skills-index/trust/decision/decision.ts';
import { signStatus } from '../../../../skills-index/trust/index-files/sign-status.ts';
import { stoppedStory } from '../../stopped-story.ts';
import { people, storyNow, storyRoot, tellStory } from '../../story.ts';
import { testLogKey } from '../../story-keys.ts';

const story = await tellStory();
const since = '2026-03-02T11:00:00.000Z';
const says = (change: Partial<DecisionInput>): string[] => {
  const decision = decide({ ...story.input, ...change });
  return decision.kind === 'refused'
    ? decision.reasons.map(({ code, message }) => `${code}: ${message}`)
    : [];
};

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
  const key = (name: string): string => Buffer.from(testLogKey(name).publicKey).toString('base64');
  const witnesses = {
    schema: 'skillgate.witnesses/1',
    threshold: 2,
    witnesses: names.map((name) => ({ name, key: key(name) })),
  } as const;
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

  it('are counted', async () => {
    expect(await missing(['w1.example', now])).toMatch(
      /^witnesses-missing: 1 of 3 witnesses cosigned .*, but the policy demands 2$/,
    );
  });

  it('are named where they were too late or too early', async () => {
    expect(await missing(['w1.example', now - 90_000], ['w2.example', now + 90_000])).toMatch(
      /^witnesses-missing: 0 of 3 .*, but the policy demands 2 \(w1\.example too long ago, w2\.example in the future\)$/,
    );
  });

  it('are not missing when enough are there', async () => {
    expect(await missing(['w1.example', now], ['w3.example', now])).toBe('');
  });

  it('are not replaced by the log itself', () => {
    const own = { ...witnesses, threshold: 0, witnesses: [{ name: 'w', key: storyRoot.log.key }] };
    expect(says({ witnesses: own })).toEqual([
      'witnesses-missing: The witness "w" has the key of the log itself',
    ]);
  });
});
