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

  it('is ended by a statement once: a later pass does not reach further back', () => {
    const ends = known([], [{ of: 'key', at: 8, upTo: 5, reach: new Set([acme]) }]);
    ends.endKey(addressAt(8), { of: 'key', at: 8, upTo: 5 });
    expect(ends.keyCounts('key', 6, other)).toBe(true);
    expect(ends.keyLostAt('key', 9, acme)).toEqual([8]);
  });
});
