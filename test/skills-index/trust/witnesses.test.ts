import { describe, expect, it } from 'vitest';
import { signCosignature } from '../../../skills-index/log/sign-cosignature.ts';
import type { WitnessPolicy } from '../../../skills-index/log/witness-policy.ts';
import { type Decision, decide } from '../../../skills-index/trust/decision/decision.ts';
import { signStatus } from '../../../skills-index/trust/index-files/sign-status.ts';
import { people, storyNow, tellStory } from '../story.ts';
import { testLogKey } from '../story-keys.ts';
import { codesOf, witnessesOf } from './decision/judged.ts';

const story = await tellStory();
const now = storyNow / 1000;
const hour = 3_600;
interface Cosigner {
  readonly name: string;
  readonly seconds?: number;
  readonly key?: string;
  /** The note that was cosigned; the log's head when absent. */
  readonly note?: string;
}

/** A status file whose checkpoint carries these cosignatures. */
async function statusBy(cosigners: readonly Cosigner[]): Promise<Uint8Array> {
  const head = await story.log.note();
  const lines = cosigners.map(({ name, seconds = now - hour, key = name, note = head }) =>
    signCosignature(note, { name, seconds, key: testLogKey(key) }),
  );
  const checkpoint = [head, ...(await Promise.all(lines))].join('');
  const [issued, expires] = [storyNow - 3_600_000, storyNow + 23 * 3_600_000].map((at) =>
    new Date(at).toISOString(),
  );
  return Buffer.from(
    JSON.stringify(
      await signStatus({ checkpoint, issued: issued ?? '', expires: expires ?? '' }, people.status),
    ),
  );
}

const outcome = (decision: Decision): string =>
  decision.kind === 'admitted' ? decision.witnessed : codesOf(decision).join();

const one = 'w1.example';
const two = 'w2.example';

describe('witnesses of the log', () => {
  it.each<[string, WitnessPolicy, Cosigner[], string]>([
    ['shown, not demanded', witnessesOf(0, one, two), [{ name: one }], '1/2'],
    ['the one demanded', witnessesOf(1, one), [{ name: one }], '1/1'],
    ['none of one', witnessesOf(1, one), [], 'witnesses-missing'],
    ['one of the two demanded', witnessesOf(2, one, two), [{ name: one }], 'witnesses-missing'],
    [
      'another key under its name',
      witnessesOf(1, one),
      [{ name: one, key: 'thief' }],
      'witnesses-missing',
    ],
  ])('%s', async (_, witnesses, cosigners, expected) => {
    expect(
      outcome(decide({ ...story.input, witnesses, statuses: [await statusBy(cosigners)] })),
    ).toBe(expected);
  });

  it('may be as late as the grace that the host gives the status', async () => {
    const statuses = [await statusBy([{ name: one, seconds: now - 24 * hour - 60 }])];
    const input = { ...story.input, witnesses: witnessesOf(1, one), statuses };
    expect(decide({ ...input, statusGraceSeconds: 60 }).kind).toBe('admitted');
    expect(decide({ ...input, statusGraceSeconds: 59 }).kind).toBe('refused');
  });
});
