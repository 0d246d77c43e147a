/** The head of the log proves the statements below it, and no others. */
import { describe, expect, it } from 'vitest';
import type { DecisionInput } from '../../../../skills-index/trust/decision/decision.ts';
import { judge } from '../../../../skills-index/trust/decision/judge.ts';
import { readWitnesses } from '../../../../skills-index/trust/decision/one-log.ts';
import { storyNow, storyRoot, storyStatus, tellStory } from '../../story.ts';
import type { Said } from '../../story-log.ts';
import { says, witnessesOf } from './judged.ts';

const plain = await tellStory();
const noteOf = ({ bundle }: Said): string =>
  bundle.verificationMaterial.tlogEntries[0].inclusionProof.checkpoint.envelope;

describe('a statement of the evidence', () => {
  it.each([
    ['the last statement', 8, [8]],
    ['the approvals and the summary', 6, [6, 7, 8]],
  ])('is not proven by a head that ends before it: %s', async (_, size, missing) => {
    const { log, input } = plain;
    const last = log.said[size - 1];
    if (last === undefined) throw new Error('the story is too short');
    const statuses = [await storyStatus({ note: async () => noteOf(last) })];
    const reasons = says({ ...input, statuses });
    for (const at of [5, 6, 7, 8]) {
      const why = `log-forked: the statement at log index ${at} is not below the head of size ${size} in the status`;
      expect([at, reasons.includes(why)]).toEqual([at, missing.includes(at)]);
    }
  });
});

describe('the witnesses of a head', () => {
  const witnesses = witnessesOf(1, 'w');
  const statusOf = (input: DecisionInput) => judge(input).parts.status;

  it('are counted where the policy names some, and only there', () => {
    const { input } = plain;
    expect(Object.keys(statusOf(input) ?? {})).toEqual(['checkpoint', 'issued', 'expires']);
    expect(statusOf({ ...input, witnesses })?.witnessed).toMatchObject({ of: 1, counted: [] });
  });

  it('are missing where the head cannot be verified', async () => {
    const terms = { root: { ...storyRoot, origin: 'other.example' }, witnesses, now: storyNow };
    const { log } = plain;
    expect(readWitnesses(await log.note(), terms).why).toEqual(expect.any(String));
    expect(readWitnesses(await log.note(), { root: terms.root, now: storyNow })).toEqual({});
  });

  it('are not missing for a fault of the program', () => {
    const terms = { root: storyRoot, witnesses, now: storyNow };
    expect(() => readWitnesses(undefined as never, terms)).toThrow(TypeError);
  });
});
