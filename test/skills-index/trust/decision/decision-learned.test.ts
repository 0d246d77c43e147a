/**
 * A host keeps statements of a refused version, too, but none of a log that may be another log than
 * the one it saw before.
 */
import { describe, expect, it } from 'vitest';
import { digestOf } from '../../../../skills-index/skill/digest.ts';
import { type DecisionInput, decide } from '../../../../skills-index/trust/decision/decision.ts';
import { stoppedStory } from '../../stopped-story.ts';
import { type Story, storyStatus, tellStory } from '../../story.ts';
import { codesOf } from './withheld.ts';

const [story, fork] = [await tellStory(), await tellStory()];
const identitiesOf = ({ identities }: Story): string[] => identities.map(({ digest }) => digest);

describe('a decision names what the host keeps', () => {
  it('when the version is refused for a reason of its own', () => {
    const { kind, learned } = decide({ ...story.input, pinned: { registry: 'other.example' } });
    expect(kind).toBe('refused');
    expect(learned.toSorted()).toEqual(identitiesOf(story).toSorted());
  });

  it('when the version is revoked, so that the host remembers the revocation', async () => {
    const { input, stop } = await stoppedStory('revoked');
    expect(decide(input).learned).toContain(stop.digest);
  });
});

describe('a decision about another log than before', () => {
  it.each<[string, (story: Story) => Partial<DecisionInput> | Promise<Partial<DecisionInput>>]>([
    [
      'log-rolled-back',
      ({ log }) => ({ seen: { checkpoint: { ...log.head, root: Buffer.alloc(32) }, proof: [] } }),
    ],
    ['log-forked', async () => ({ statuses: [await storyStatus(fork.log)] })],
  ])('names that reason before all others: %s', async (code, change) => {
    const pinned = { bundle: digestOf('another bundle') };
    const decision = decide({ ...story.input, ...(await change(story)), pinned });
    expect(codesOf(decision)).toEqual([code, 'bundle-mismatch']);
  });
});

describe('a decision names nothing to keep', () => {
  const pinned = { bundle: digestOf('another bundle') };
  it.each<
    [string, string, (story: Story) => Partial<DecisionInput> | Promise<Partial<DecisionInput>>]
  >([
    ['there is no status', 'status-missing', () => ({ statuses: [] })],
    [
      'the head is of another log',
      'log-forked',
      async () => ({ statuses: [await storyStatus(fork.log)] }),
    ],
    ['nothing proves that it is one log', 'log-unproven', () => ({ consistency: new Map() })],
  ])('when %s, alone or besides other reasons', async (_, code, change) => {
    const input = { ...story.input, ...(await change(story)) };
    const alone = decide(input);
    expect(codesOf(alone)).toEqual([code]);
    expect(alone.learned).toEqual([]);
    const both = decide({ ...input, pinned });
    expect(codesOf(both)).toContain('bundle-mismatch');
    expect(both.learned).toEqual([]);
  });
});
