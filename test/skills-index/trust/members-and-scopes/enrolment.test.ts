import { describe, expect, it } from 'vitest';
import { digestOf } from '../../../../skills-index/skill/digest.ts';
import type {
  MemberPredicate,
  MemberRole,
} from '../../../../skills-index/statement/attestation.ts';
import { identityId } from '../../../../skills-index/statement/identity-id.ts';
import { KnownEnds } from '../../../../skills-index/trust/members-and-scopes/ends.ts';
import { Enrolments } from '../../../../skills-index/trust/members-and-scopes/members.ts';
import { freshNonce } from '../../../nonce.ts';
import { people } from '../../story.ts';
import { kim } from './history-people.ts';

const { ada, ben, scanner } = people;
const { credentialId } = ben.enrolled;
const late = 1_000;

function enrolments(): { readonly all: Enrolments; readonly ends: KnownEnds } {
  const ends = new KnownEnds({ members: new Map(), keys: new Map() });
  return { all: new Enrolments(ends), ends };
}
const member = (
  name: string,
  roles: readonly MemberRole[],
  more: Partial<MemberPredicate> = {},
): MemberPredicate => ({ nonce: freshNonce(), name, roles, state: 'enrolled', ...more });

describe('enrolments', () => {
  it('are found by key or passkey, after the enrolment and while the membership counts', () => {
    const { all, ends } = enrolments();
    all.add(member('Ada', ['reviewer'], { key: ada.named }), ada.keyId, 1);
    all.add(member('Ben', ['scanner'], { passkey: ben.enrolled }), credentialId, 2);
    ends.endMember(digestOf('end'), { of: ada.keyId, at: 8, upTo: 5 });
    all.add(member('Ada', ['scanner'], { key: ada.named }), ada.keyId, 9);
    expect([1, 2, 5, 6, 9, 10].map((at) => all.at(ada.keyId, at)?.roles)).toEqual([
      undefined,
      ['reviewer'],
      ['reviewer'],
      undefined,
      undefined,
      ['scanner'],
    ]);
    expect(all.at(credentialId, late)).toMatchObject({ name: 'Ben', passkey: ben.enrolled });
    expect(all.at(scanner.keyId, late)).toBeUndefined();
  });

  it('are not found by a person, who has no key', () => {
    const { all } = enrolments();
    all.add(member('Ada', ['reviewer'], { identities: [kim] }), ada.keyId, 1);
    expect(all.at(identityId(kim), late)).toBeUndefined();
    expect([...all.namesOf(identityId(kim))]).toEqual(['Ada']);
  });

  it.each<[string, Partial<MemberPredicate>, readonly string[]]>([
    ['lists them', { identities: [kim] }, ['identities']],
    ['says that there are none', { identities: [] }, ['identities']],
    ['does not list them', {}, []],
  ])('have the member’s identities only where an administrator %s', (_, more, fields) => {
    const { all } = enrolments();
    all.add(member('Ada', ['reviewer'], more), ada.keyId, 1);
    const found = all.at(ada.keyId, late);
    expect(found?.identities).toEqual(more.identities);
    expect(Object.keys(found ?? {}).filter((one) => one === 'identities')).toEqual(fields);
  });
});

describe('a member has every role that the key ever had', () => {
  it.each<[string, readonly (readonly MemberRole[])[], boolean]>([
    ['with one enrolment', [['reviewer']], true],
    ['with one more role', [['reviewer'], ['reviewer', 'scanner']], true],
    ['with the same roles again', [['reviewer'], ['scanner'], ['scanner', 'reviewer']], true],
    ['but not with another role', [['reviewer'], ['scanner']], false],
    ['but not with one role less', [['reviewer', 'scanner'], ['scanner']], false],
    ['but not without an enrolment', [], false],
  ])('%s', (_, roles, isEvery) => {
    const { all } = enrolments();
    for (const [nth, one] of roles.entries())
      all.add(member('Ada', one, { key: ada.named }), ada.keyId, nth);
    expect(all.hasEveryRole(ada.keyId, late)).toBe(isEvery);
  });
});
