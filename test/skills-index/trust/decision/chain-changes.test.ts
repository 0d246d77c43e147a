/**
 * What the chain of evidence tells of changed keys and owners. A change is no fault, but people who
 * install should learn of it.
 */
import { describe, expect, it } from 'vitest';
import { type ChainNode, chainOf } from '../../../../skills-index/trust/decision/chain.ts';
import type { DecisionInput } from '../../../../skills-index/trust/decision/decision.ts';
import { judge } from '../../../../skills-index/trust/decision/judge.ts';
import { type Story, storyRoot, type Twist, tellStory } from '../../story.ts';
import { kim, tellCertified } from '../../story-certified.ts';
import { type TestSigner, testLogKey } from '../../story-keys.ts';
import {
  administrator,
  all,
  author,
  change,
  claim,
  friend,
  next,
  publishedBy,
  say,
  stranger,
  succeed,
} from './withheld.ts';

const plain = await tellStory();
const nodeOf = (part: ChainNode['part'], input: DecisionInput): ChainNode => {
  const chain = chainOf(judge(input));
  const found = [chain, ...chain.of, ...chain.of.flatMap((one) => one.of)].find(
    (one) => one.part === part,
  );
  if (found === undefined) throw new Error(`the chain has no part ${part}`);
  return found;
};
/** What the chain tells of the publisher besides the signer and the level of the build. */
const changesIn = (input: DecisionInput): string[] =>
  nodeOf('publisher', input).notes.filter((note) => !/^(keyed: |SLSA build level )/.test(note));
const changes = async (before: ReturnType<typeof say>, twist: Twist = {}): Promise<string[]> =>
  changesIn((await tellStory({ before, ...twist })).input);
const rotated = (at: number, from: TestSigner, to: TestSigner): string =>
  `the publisher rotated their key at log index ${at}: ${to.keyId} replaces ${from.keyId}`;
const changed = (at: number): string =>
  `the owners or publishers of @acme changed at log index ${at}`;

describe('the key of a publisher', () => {
  it.each<[string, Twist]>([
    ['the old key published', {}],
    ['the new key published', publishedBy(next)],
  ])('is told to be another one than before, when %s', async (_, twist) => {
    expect(await changes(say(succeed(author, next), author), twist)).toEqual([
      rotated(4, author, next),
    ]);
  });

  it.each<[string, ReturnType<typeof say>]>([
    ['somebody else rotated a key', say(succeed(friend, next), friend)],
    ['somebody else named a successor', say(succeed(author, next), stranger)],
  ])('is not told to have changed when %s', async (_, before) => {
    expect(await changes(before)).toEqual([]);
  });
});

describe('the owners of a scope', () => {
  it('are told to be others than before', async () => {
    const before = say((log) => change(log, [author.named, friend.named]), author);
    expect(await changes(before)).toEqual([changed(4)]);
  });

  it.each<[string, ReturnType<typeof say>]>([
    [
      'those of another scope changed',
      all(
        say(claim('other', [stranger]), stranger),
        say((log) => change(log, [friend.named], { scope: 'other' }), stranger),
      ),
    ],
    ['a stranger says so', say((log) => change(log, [stranger.named]), stranger)],
  ])('are not told to have changed when %s', async (_, before) => {
    expect(await changes(before)).toEqual([]);
  });

  it('are told to have changed when enough administrators signed the change', async () => {
    const root: DecisionInput['root'] = {
      ...storyRoot,
      threshold: 2,
      administrators: [administrator, friend].map(({ keyId, named }) => ({
        keyId,
        key: named.spki,
      })),
    };
    const first = (log: Story['log']) => change(log, [author.named, stranger.named]);
    const alone = await tellStory({ before: say(first, administrator) });
    expect(changesIn({ ...alone.input, root })).toEqual([]);
    const both = await tellStory({
      before: async (log) => {
        const statement = first(log);
        await log.say(statement, administrator);
        await log.say(statement, friend);
      },
    });
    expect(changesIn({ ...both.input, root })).toEqual([changed(5)]);
  });
});

describe('what the chain tells in words', () => {
  it('names a person without a key by the certificate', async () => {
    const { input } = await tellCertified({ owners: [kim] });
    expect(nodeOf('publisher', input).notes).toContainEqual(
      expect.stringMatching(new RegExp(`^keyless: .*${kim.subject}`)),
    );
  });
});

describe('a part of which the policy demands nothing', () => {
  const isHollow = (part: ChainNode['part'], input: DecisionInput): boolean =>
    'undemanded' in nodeOf(part, input);
  const key = Buffer.from(testLogKey('w').publicKey).toString('base64');
  const witnesses = (threshold: number, witnessKey = key) =>
    ({
      witnesses: {
        schema: 'skillgate.witnesses/1',
        threshold,
        witnesses: [{ name: 'w', key: witnessKey }],
      },
    }) as const;

  it('is marked when it holds', () => {
    const { input } = plain;
    expect(isHollow('witnesses', input)).toBe(true);
    expect(isHollow('witnesses', { ...input, ...witnesses(0) })).toBe(true);
    expect(isHollow('witnesses', { ...input, ...witnesses(1) })).toBe(false);
  });
});
