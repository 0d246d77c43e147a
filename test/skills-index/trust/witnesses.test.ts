import { describe, expect, it } from 'vitest';
import { signCosignature } from '../../../skills-index/log/sign-cosignature.ts';
import type { WitnessPolicy } from '../../../skills-index/log/witness-policy.ts';
import { chainOf } from '../../../skills-index/trust/decision/chain.ts';
import {
  type Decision,
  type DecisionInput,
  decide,
} from '../../../skills-index/trust/decision/decision.ts';
import { judge } from '../../../skills-index/trust/decision/judge.ts';
import { signStatus } from '../../../skills-index/trust/index-files/sign-status.ts';
import { people, storyNow, storyRoot, tellStory } from '../story.ts';
import { testLogKey } from '../story-keys.ts';

const story = await tellStory();
const now = storyNow / 1000;
const hour = 3_600;
const policyOf = (threshold: number, ...names: string[]): WitnessPolicy => ({
  schema: 'skillgate.witnesses/1',
  threshold,
  witnesses: names.map((name) => ({
    name,
    key: Buffer.from(testLogKey(name).publicKey).toString('base64'),
  })),
});
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
  decision.kind === 'admitted'
    ? decision.witnessed
    : decision.reasons.map((one) => one.code).join();

const one = 'w1.example';
const two = 'w2.example';
const [first] = story.log.said;
const earlier =
  first?.bundle.verificationMaterial.tlogEntries[0].inclusionProof.checkpoint.envelope ?? '';

describe('witnesses of the log', () => {
  it.each<[string, WitnessPolicy, Cosigner[], string]>([
    ['nobody is demanded, nobody cosigned', policyOf(0), [], '0/0'],
    ['shown, not demanded', policyOf(0, one, two), [{ name: one }], '1/2'],
    ['the one demanded', policyOf(1, one), [{ name: one }], '1/1'],
    ['one of two, one demanded', policyOf(1, one, two), [{ name: two }], '1/2'],
    ['both', policyOf(2, one, two), [{ name: one }, { name: two }], '2/2'],
    ['none of one', policyOf(1, one), [], 'witnesses-missing'],
    ['one of the two demanded', policyOf(2, one, two), [{ name: one }], 'witnesses-missing'],
    [
      'another key under its name',
      policyOf(1, one),
      [{ name: one, key: 'thief' }],
      'witnesses-missing',
    ],
    [
      'another head of the log',
      policyOf(1, one),
      [{ name: one, note: earlier }],
      'witnesses-missing',
    ],
  ])('%s', async (_, witnesses, cosigners, expected) => {
    expect(
      outcome(decide({ ...story.input, witnesses, statuses: [await statusBy(cosigners)] })),
    ).toBe(expected);
  });

  it('are never the log itself', async () => {
    const witnesses = {
      ...policyOf(1),
      witnesses: [{ name: 'skills.example', key: storyRoot.log.key }],
    };
    const decision = decide({ ...story.input, witnesses });
    expect(outcome(decision)).toBe('witnesses-missing');
  });

  it('are said by name and time in the chain, or that nobody but the operator vouches', async () => {
    const input = {
      ...story.input,
      witnesses: policyOf(1, one),
      statuses: [await statusBy([{ name: one }])],
    };
    const said = (given: DecisionInput): string => JSON.stringify(chainOf(judge(given)));
    expect(said(input)).toContain('w1.example cosigned at 2026-03-02T11:00:00.000Z');
    expect(said(story.input)).toMatch(/witnessed: 0\/0 \(none demanded\): .*another history/);
  });

  it('may be as late as the grace that the host gives the status', async () => {
    const statuses = [await statusBy([{ name: one, seconds: now - 24 * hour - 60 }])];
    const input = { ...story.input, witnesses: policyOf(1, one), statuses };
    expect(decide({ ...input, statusGraceSeconds: 60 }).kind).toBe('admitted');
    expect(decide({ ...input, statusGraceSeconds: 59 }).kind).toBe('refused');
  });
});
