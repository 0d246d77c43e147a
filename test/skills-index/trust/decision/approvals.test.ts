/** How many people approved a version, and which of them without the desk. */
import { describe, expect, it } from 'vitest';
import {
  defaultPolicy,
  type Policy,
  policyDigest,
} from '../../../../skills-index/trust/policy/policy.ts';
import { storyNow } from '../../story.ts';
import { reasonsUnder } from './judged.ts';

const needs = (total: number, independent: number): Policy => ({
  ...defaultPolicy,
  approvals: { usual: { total, independent }, high: { total, independent } },
});

describe('the people who approved without the desk', () => {
  it.each<[number, string[]]>([
    [0, []],
    [1, []],
    [2, ['approvals-not-independent: 1 of 2 people approved the version without the desk']],
  ])('are one in the story, where the policy asks for %i', async (independent, reasons) => {
    expect(await reasonsUnder(needs(2, independent))).toEqual(reasons);
  });

  it.each<[string, 'ada' | 'ben', boolean]>([
    ['a passkey calls itself independent', 'ben', true],
    ['a key says that the desk was used', 'ada', false],
  ])('are none where %s', async (_, name, independent) => {
    const policy = needs(1, 1);
    expect(
      await reasonsUnder(policy, {
        approvals: [name],
        approval: (one) => ({ ...one, independent, policy: policyDigest(policy) }),
      }),
    ).toEqual(['approvals-not-independent: 0 of 1 people approved the version without the desk']);
  });
});

describe('the draft of an approval', () => {
  const summaryAt = storyNow - 7_200_000;

  it.each([
    ['at the time of the verification summary', 0, []],
    [
      'before the verification summary',
      -1,
      [
        'approval-invalid: the approval of Ada at log index 6 does not count: its draft expired at 2026-03-02T09:59:59.999Z',
        'approvals-missing: 0 of 1 people approved the version',
        'approvals-not-independent: 0 of 1 people approved the version without the desk',
      ],
    ],
  ])('expires %s', async (_, late, reasons) => {
    const policy = needs(1, 1);
    const expires = new Date(summaryAt + late).toISOString();
    expect(
      await reasonsUnder(policy, {
        approvals: ['ada'],
        approval: (one) => ({ ...one, expires, policy: policyDigest(policy) }),
      }),
    ).toEqual(reasons);
  });
});
