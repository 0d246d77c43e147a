/**
 * What a host keeps of the statements of a decision. Index lines are unsigned, so a mirror can name
 * any statement in them: a host keeps none that strangers could make without end.
 */
import { describe, expect, it } from 'vitest';
import { keyStatement, type Statement } from '../../../../skills-index/statement/attestation.ts';
import { learnedFrom } from '../../../../skills-index/trust/decision/decision.ts';
import { type Evidence, gatherEvidence } from '../../../../skills-index/trust/decision/evidence.ts';
import { Reasons } from '../../../../skills-index/trust/decision/reason.ts';
import { type Story, tellStory } from '../../story.ts';
import { type TestSigner, testSigner } from '../../story-keys.ts';
import type { Said } from '../../story-log.ts';
import {
  ada,
  administrator,
  author,
  change,
  claim,
  dora,
  end,
  enrol,
  friend,
  kim,
  next,
  stop,
  stranger,
  succeed,
} from './withheld.ts';

const [later, thief] = ['later', 'thief'].map(testSigner) as [TestSigner, TestSigner];
const version = { name: '@acme/weekly-report', version: '1.4.0' } as never;

type Line = readonly [Statement | ((log: Story['log']) => Statement), TestSigner];

/** Tells the story with further statements before the publication, and reads the evidence. */
async function read(...lines: readonly Line[]): Promise<{ evidence: Evidence; said: Said[] }> {
  const said: Said[] = [];
  const story = await tellStory({
    before: async (log) => {
      for (const [one, signer] of lines)
        said.push(await log.say(typeof one === 'function' ? one(log) : one, signer));
    },
  });
  return { evidence: gatherEvidence(story.input, new Reasons()), said };
}

/** Whether the host keeps each of these statements. */
async function kept(...lines: readonly Line[]): Promise<boolean[]> {
  const { evidence, said } = await read(...lines);
  const learned = new Set(learnedFrom(evidence));
  return said.map(({ digest }) => learned.has(digest));
}

describe('a host keeps of an approved version', () => {
  it('the members and the claim of the scope, and nothing about the version itself', async () => {
    const { log, input } = await tellStory();
    const learned = new Set(learnedFrom(gatherEvidence(input, new Reasons())));
    expect(log.said.filter(({ digest }) => learned.has(digest)).map((one) => one.logIndex)).toEqual(
      [0, 1, 2, 3],
    );
    expect(learned.size).toBe(4);
  });

  it.each<[string, readonly Line[], readonly boolean[]]>([
    ['a change of its scope', [[(log) => change(log, [friend.named]), author]], [true]],
    ['no claim of another scope', [[claim('other', [stranger]), stranger]], [false]],
    ['the end of a membership', [[end('Ada', { key: ada.named }), administrator]], [true]],
    ['the revocation of a publisher', [[stop('revoked'), ada]], [true]],
    ['the revocation of a version', [[stop('revoked', { target: version }), ada]], [true]],
    [
      'no suspension and no lift: the lift might never be seen here',
      [
        [stop('suspended'), ada],
        [stop('lifted'), ada],
      ],
      [false, false],
    ],
  ])('%s', async (_, lines, expected) => {
    expect(await kept(...lines)).toEqual(expected);
  });
});

describe('a host keeps of the statements about keys', () => {
  it.each<[string, readonly Line[], readonly boolean[]]>([
    [
      'the successors of an owner’s key, and their successors',
      [
        [succeed(author, next), author],
        [succeed(next, later), next],
      ],
      [true, true],
    ],
    [
      'the end of a successor’s key',
      [
        [succeed(author, next), author],
        [keyStatement({ key: next.named, state: 'ended' }), next],
      ],
      [true, true],
    ],
    ['the successor of a member’s key', [[succeed(ada, next), ada]], [true]],
    [
      'none of a stranger',
      [
        [keyStatement({ key: stranger.named, state: 'enrolled' }), stranger],
        [succeed(stranger, thief), stranger],
      ],
      [false, false],
    ],
    [
      'no stranger’s key, where a person without a key owns the scope, too',
      [
        [(log) => change(log, [author.named, kim]), author],
        [keyStatement({ key: stranger.named, state: 'enrolled' }), stranger],
      ],
      [true, false],
    ],
  ])('%s', async (_, lines, expected) => {
    expect(await kept(...lines)).toEqual(expected);
  });
});

describe('a statement that does not count', () => {
  it('makes nobody known, so that the keys of its signers are not kept either', async () => {
    expect(
      await kept(
        [enrol('Dora', { key: dora.named }), stranger],
        [(log) => change(log, [thief.named]), thief],
        [succeed(thief, later), thief],
        [succeed(dora, next), dora],
      ),
    ).toEqual([false, false, false, false]);
  });
});

describe('the order and the place of statements', () => {
  const lines: readonly Line[] = [
    [(log) => change(log, [author.named], { publishers: [friend.named] }), author],
    [succeed(friend, next), friend],
    [succeed(next, later), next],
  ];

  it('of the index line decides nothing: the log gives the order', async () => {
    const { evidence } = await read(...lines);
    const reversed = { ...evidence, statements: [...evidence.statements].reverse() };
    const sorted = [...evidence.statements].sort((a, b) => b.logIndex - a.logIndex);
    const expected = learnedFrom(evidence).toSorted();
    expect(expected).toHaveLength(7);
    expect(learnedFrom(reversed).toSorted()).toEqual(expected);
    expect(learnedFrom({ ...evidence, statements: sorted }).toSorted()).toEqual(expected);
  });

  it('may be on the host already: what is kept tells whose keys count, and is not named again', async () => {
    const { evidence, said } = await read(...lines);
    const before = said.slice(0, 2).map(({ digest }) => digest);
    const isBefore = ({ digest }: { readonly digest: Said['digest'] }): boolean =>
      before.includes(digest);
    const known = evidence.statements.filter(isBefore);
    const statements = evidence.statements.filter((one) => !isBefore(one));
    const learned = learnedFrom({ ...evidence, statements, known });
    expect(learned).toContain(said[2]?.digest);
    expect(learned).not.toEqual(expect.arrayContaining([before[0]]));
    expect(learnedFrom({ ...evidence, statements })).not.toContain(said[2]?.digest);
  });
});
