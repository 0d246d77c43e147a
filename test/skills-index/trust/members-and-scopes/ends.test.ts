import { describe, expect, it } from 'vitest';
import { type Digest, digestOf } from '../../../../skills-index/skill/digest.ts';
import { parseScope } from '../../../../skills-index/skill/name.ts';
import {
  type End,
  type KeyEnd,
  KnownEnds,
} from '../../../../skills-index/trust/members-and-scopes/ends.ts';

const acme = parseScope('acme');
const other = parseScope('other');
const addressAt = (logIndex: number): Digest => digestOf(`statement ${logIndex}`);
const known = (members: readonly End[], keys: readonly KeyEnd[] = []): KnownEnds =>
  new KnownEnds({
    members: new Map(members.map((end) => [addressAt(end.at), end])),
    keys: new Map(keys.map((end) => [addressAt(end.at), end])),
  });

describe('a membership', () => {
  it.each<[string, number, number, boolean]>([
    ['counts up to the last log index', 1, 5, true],
    ['does not count after the last log index', 1, 6, false],
    ['counts after an end that was declared before the membership', 9, 20, true],
    ['counts after an end that was declared with the membership', 8, 20, true],
    ['does not count after an end that was declared next', 7, 20, false],
  ])('%s', (_, from, at, counts) => {
    const ends = known([{ of: 'key', at: 8, upTo: 5 }]);
    expect(ends.membershipCounts('key', from, at)).toBe(counts);
    expect(ends.membershipCounts('other key', from, at)).toBe(true);
  });

  it('ends at the lowest of several ends, each known by its statement', () => {
    const ends = known([{ of: 'key', at: 8, upTo: 5 }]);
    ends.endMember(addressAt(9), { of: 'key', at: 9, upTo: 3 });
    ends.endMember(addressAt(9), { of: 'key', at: 9, upTo: 3 });
    expect([3, 4].map((at) => ends.membershipCounts('key', 1, at))).toEqual([true, false]);
    expect([...ends.members.keys()]).toEqual([addressAt(8), addressAt(9)]);
  });
});

describe('a key', () => {
  it.each<[string, KeyEnd, readonly boolean[]]>([
    [
      'counts up to the last log index, for every use',
      { of: 'key', at: 8, upTo: 5 },
      [true, false, true, false],
    ],
    [
      'counts up to its end, for every use that the end does not reach',
      { of: 'key', at: 8, upTo: 5, reach: new Set([acme]) },
      [true, false, true, true],
    ],
  ])('%s', (_, end, expected) => {
    const ends = known([], [end]);
    expect([
      ends.keyCounts('key', 5, acme),
      ends.keyCounts('key', 6, acme),
      ends.keyCounts('key', 5, other),
      ends.keyCounts('key', 8, other),
    ]).toEqual(expected);
    expect(ends.keyCounts('key', 9, other)).toBe(false);
    expect(ends.keyCounts('key', 9, 'as a member')).toBe(false);
    expect(ends.keyCounts('other key', 9, acme)).toBe(true);
  });

  it('counts where only ends declared before a log index matter', () => {
    const ends = known([], [{ of: 'key', at: 8, upTo: 5 }]);
    expect([7, 8, 9].map((index) => ends.keyCounts('key', 6, acme, index))).toEqual([
      true,
      true,
      false,
    ]);
  });

  it('signs its own end, and nothing after it', () => {
    const ends = known([], [{ of: 'key', at: 8, upTo: 5 }]);
    expect([6, 8, 9].map((at) => ends.keySpeaks('key', at))).toEqual([true, true, false]);
    expect(ends.keySpeaks('other key', 9)).toBe(true);
  });

  it('is known to have lost its right from the log index of each end that reaches the right', () => {
    const ends = known(
      [],
      [
        { of: 'key', at: 8, upTo: 5 },
        { of: 'key', at: 9, upTo: 3, reach: new Set([acme]) },
      ],
    );
    const lostAt = (at: number, scope: typeof acme) => ends.keyLostAt('key', at, scope);
    expect([lostAt(3, acme), lostAt(4, acme), lostAt(6, acme)]).toEqual([[], [9], [8, 9]]);
    expect([lostAt(4, other), lostAt(6, other)]).toEqual([[], [8]]);
    expect(ends.keyLostAt('other key', 9, acme)).toEqual([]);
  });

  it('is ended by a statement once: a later pass does not reach further back', () => {
    const ends = known([], [{ of: 'key', at: 8, upTo: 5, reach: new Set([acme]) }]);
    ends.endKey(addressAt(8), { of: 'key', at: 8, upTo: 5 });
    expect(ends.keyCounts('key', 6, other)).toBe(true);
    expect(ends.keyLostAt('key', 9, acme)).toEqual([8]);
  });
});
