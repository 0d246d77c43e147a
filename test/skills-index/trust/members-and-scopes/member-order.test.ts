import { describe, expect, it } from 'vitest';
import { type Digest, digestOf } from '../../../../skills-index/skill/digest.ts';
import type { MemberPredicate } from '../../../../skills-index/statement/attestation.ts';
import { MemberOrder } from '../../../../skills-index/trust/members-and-scopes/member-order.ts';

const [first, unsigned, elsewhere] = ['first', 'unsigned', 'elsewhere'].map(digestOf) as [
  Digest,
  Digest,
  Digest,
];
const naming = (previous: Digest | 'none') => ({ previous }) as MemberPredicate;

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
    const late = 'it does not name the last statement on its key or passkey as `previous`';
    expect(order.whyLate('key', naming(previous), 4)).toBe(isLate ? late : undefined);
  });
});
