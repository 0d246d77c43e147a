import { describe, expect, it } from 'vitest';
import { type Digest, digestOf } from '../../../../skills-index/skill/digest.ts';
import type { MemberPredicate } from '../../../../skills-index/statement/attestation.ts';
import { MemberOrder } from '../../../../skills-index/trust/members-and-scopes/members.ts';

const [first, unsigned, elsewhere] = ['first', 'unsigned', 'elsewhere'].map(digestOf) as [
  Digest,
  Digest,
  Digest,
];
const naming = (previous: Digest | 'none' | undefined) => ({ previous }) as MemberPredicate;
const late = 'it does not name the last statement on its key or passkey as `previous`';

/** An order of the statements on one key, at the log indexes 1, 2, 3 and so on. */
function orderOf(...previous: readonly (Digest | 'none' | undefined)[]): MemberOrder {
  const order = new MemberOrder();
  for (const [nth, one] of previous.entries()) {
    const at = { digest: addressAt(nth + 1), logIndex: nth + 1 };
    order.place('key', at);
    order.add('key', naming(one), at);
  }
  return order;
}
const addressAt = (logIndex: number): Digest => digestOf(`statement ${logIndex}`);

describe('an enrolment', () => {
  it.each<[string, Digest | 'none', boolean]>([
    ['the last statement on its key', first, false],
    ['a later statement on its key that does not count', unsigned, false],
    // A reader without the statements on the other key could not tell where it is in the log.
    ['a later statement on another key', elsewhere, true],
    ['a statement that nobody knows', digestOf('unknown'), true],
    ['none', 'none', true],
  ])('that names %s', (_, previous, isLate) => {
    const order = new MemberOrder();
    order.place('key', { digest: first, logIndex: 1 });
    order.add('key', naming('none'), { digest: first, logIndex: 1 });
    order.place('key', { digest: unsigned, logIndex: 2 });
    order.place('other key', { digest: elsewhere, logIndex: 3 });
    expect(order.whyLate('key', naming(previous), 4)).toBe(isLate ? late : undefined);
  });

  it.each<[string, readonly (Digest | 'none' | undefined)[], Digest | 'none' | undefined, boolean]>(
    [
      ['nothing, for a key without statements', [], undefined, false],
      ['nothing, after a statement that names its own', [undefined, 'none'], undefined, true],
      [
        'nothing, where only the first statement names its own',
        ['none', undefined],
        undefined,
        true,
      ],
      ['the last of two statements', ['none', addressAt(1)], addressAt(2), false],
      ['the first of two statements', ['none', addressAt(1)], addressAt(1), true],
    ],
  )('that names %s', (_, earlier, previous, isLate) => {
    expect(orderOf(...earlier).whyLate('key', naming(previous), 9)).toBe(isLate ? late : undefined);
  });
});
