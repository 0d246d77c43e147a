/** The head of the log proves the statements below it, and no others. */
import { describe, expect, it } from 'vitest';
import type { DecisionInput } from '../../../../skills-index/trust/decision/decision.ts';
import { judge } from '../../../../skills-index/trust/decision/judge.ts';
import { readWitnesses } from '../../../../skills-index/trust/decision/one-log.ts';
import { type Story, storyNow, storyRoot, storyStatus, tellStory } from '../../story.ts';
import type { Said } from '../../story-log.ts';
import { says, witnessesOf } from './judged.ts';
import { ada, administrator, author, change, dora, enrol, publishedBy, stop } from './withheld.ts';

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

describe('the lift of a suspension', () => {
  /** Dora reviews, and published as an owner who gave the scope away again before the approvals. */
  const doras = (): Promise<Story> =>
    tellStory({
      before: async (log) => {
        await log.say(enrol('Dora', { key: dora.named }), administrator);
        await log.say(change(log, [author.named, dora.named]), author);
      },
      ...publishedBy(dora),
      between: (log) => log.say(change(log, [author.named]), author),
    });
  const reasonsAfter = async (story: Story, lifter: typeof dora): Promise<string[]> => {
    const { log, input, packed } = story;
    const target = { target: { bundle: packed.digest } };
    const shown = [
      await log.say(stop('suspended', target), ada),
      await log.say(stop('lifted', target), lifter),
    ];
    const { consistency: _, ...rest } = input;
    return says({
      ...rest,
      statements: new Map([
        ...input.statements,
        ...shown.map(({ digest, bytes }) => [digest, bytes] as const),
      ]),
      proven: shown.map(({ digest }) => digest),
      statuses: [await storyStatus(log)],
    });
  };

  it('counts by another reviewer', async () => {
    expect(await reasonsAfter(await doras(), ada)).toEqual([]);
  });

  it('does not count by the publisher, who owns the scope no longer', async () => {
    expect(await reasonsAfter(await doras(), dora)).toEqual([
      expect.stringMatching(/^suspended: suspended at log index \d+: a test$/),
    ]);
  });
});
