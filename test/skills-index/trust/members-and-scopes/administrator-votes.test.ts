import { describe, expect, it } from 'vitest';
import { AdministratorVotes } from '../../../../skills-index/trust/members-and-scopes/members.ts';
import type { RootFile } from '../../../../skills-index/trust/root/root.ts';
import { people, storyRoot } from '../../story.ts';
import { type TestSigner, testSigner } from '../../story-keys.ts';

const first = people.administrator;
const second = testSigner('second administrator');
const retired = testSigner('retired administrator');
/** Two of two administrators decide; up to log index 5, a third one was in office. */
const root: RootFile = {
  ...storyRoot,
  threshold: 2,
  administrators: [first, second].map(({ keyId, named }) => ({ keyId, key: named.spki })),
  retired: [{ role: 'administrator', key: retired.named.spki, validUpTo: 5 }],
};

type Vote = readonly [change: object, by: TestSigner, logIndex?: number];

/** Whether each vote on @acme made its change pass. */
function passed(...votes: readonly Vote[]): readonly boolean[] {
  const counted = new AdministratorVotes<object>(root);
  return votes.map(([change, { keyId }, logIndex = 10]) =>
    counted.isVotedThrough('acme', change, { signer: keyId, logIndex }),
  );
}

describe('a change passes', () => {
  it.each<[string, readonly Vote[], readonly boolean[]]>([
    [
      'with the second administrator',
      [
        [{ to: 'ada' }, first],
        [{ to: 'ada' }, second],
      ],
      [false, true],
    ],
    [
      'with the second administrator, also where the first one votes twice',
      [
        [{ to: 'ada' }, first],
        [{ to: 'ada' }, first],
        [{ to: 'ada' }, second],
      ],
      [false, false, true],
    ],
    [
      'not with votes for different changes',
      [
        [{ to: 'ada' }, first],
        [{ to: 'eve' }, second],
      ],
      [false, false],
    ],
    [
      'not with a stranger',
      [
        [{ to: 'ada' }, first],
        [{ to: 'ada' }, people.stranger],
      ],
      [false, false],
    ],
    [
      'with an administrator who is still in office at the last vote',
      [
        [{ to: 'ada' }, retired, 4],
        [{ to: 'ada' }, first, 5],
      ],
      [false, true],
    ],
    [
      'not with an administrator who is retired at the last vote',
      [
        [{ to: 'ada' }, retired, 4],
        [{ to: 'ada' }, first, 6],
      ],
      [false, false],
    ],
    [
      'once: the votes do not count again',
      [
        [{ to: 'ada' }, first],
        [{ to: 'ada' }, second],
        [{ to: 'ada' }, second],
      ],
      [false, true, false],
    ],
  ])('%s', (_, votes, expected) => {
    expect(passed(...votes)).toEqual(expected);
  });
});

describe('votes that wait', () => {
  const vote = (votes: AdministratorVotes<object>, about: string, change: object, by: TestSigner) =>
    votes.isVotedThrough(about, change, { signer: by.keyId, logIndex: 10 });

  it('are gone when a change of the same subject passed, or the subject changed without them', () => {
    const votes = new AdministratorVotes<object>(root);
    vote(votes, 'acme', { to: 'eve' }, first);
    vote(votes, 'acme', { to: 'ada' }, first);
    vote(votes, 'other', { to: 'eve' }, first);
    vote(votes, 'acme', { to: 'ada' }, second);
    expect(votes.pendingOn('acme')).toEqual([]);
    expect(votes.pending()).toHaveLength(1);
    votes.drop('other');
    expect(votes.pending()).toEqual([]);
    expect(vote(votes, 'other', { to: 'eve' }, second)).toBe(false);
  });
});
