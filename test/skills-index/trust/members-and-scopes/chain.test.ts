import { describe, expect, it } from 'vitest';
import {
  type MemberRole,
  memberStatement,
} from '../../../../skills-index/statement/attestation.ts';
import { freshNonce } from '../../../nonce.ts';
import { people } from '../../story.ts';
import { type TestSigner, testPasskey, testSigner } from '../../story-keys.ts';
import { chain, endKey, late, membership, type Spoken } from './spoken.ts';

const { administrator, ada, stranger } = people;
const second = testSigner('second key');
const deputy = testSigner('deputy');
const passkey = testPasskey('ada');
const enrol = (name: string, key: TestSigner, role: MemberRole = 'reviewer'): Spoken => [
  membership(name, key, { roles: [role] }),
  administrator,
];
const end = (name: string, key: TestSigner): Spoken => [
  membership(name, key, { state: 'ended' }),
  administrator,
];
const withPasskey = memberStatement({
  nonce: freshNonce(),
  name: 'Ada',
  roles: ['reviewer'],
  passkey: passkey.enrolled,
  state: 'enrolled',
});

describe('the keys and passkeys of a member', () => {
  const identities = chain(
    enrol('Ada', ada),
    enrol('Ada', ada, 'scanner'),
    enrol('Eve', stranger),
    [withPasskey, administrator],
    enrol('Ada', second),
    end('Ada', second),
  );

  it('are their own alone, each once, for as long as they count', () => {
    expect(identities.keysOf('Ada', 5)).toEqual([ada.keyId, second.keyId]);
    expect(identities.keysOf('Ada', late)).toEqual([ada.keyId]);
    expect(identities.keysOf('Ada', 0)).toEqual([]);
    expect(identities.keysOf('Eve', late)).toEqual([stranger.keyId]);
    expect(identities.keysOf('Nobody', late)).toEqual([]);
    expect(identities.passkeysOf('Ada', late)).toEqual([passkey.enrolled]);
    expect(identities.passkeysOf('Ada', 3)).toEqual([]);
    expect(identities.passkeysOf('Eve', late)).toEqual([]);
  });

  it('have the roles of the newest enrolment, from the one after it on', () => {
    expect([1, 2].map((at) => identities.memberOf(ada.keyId, at)?.roles)).toEqual([
      ['reviewer'],
      ['scanner'],
    ]);
  });

  // Silence means no: what the deputy took away is given back by an administrator, not by the
  // deputy's end.
  it('stay ended when who enrolled them anew is found to have had no right to', () => {
    const anew = memberStatement({
      nonce: freshNonce(),
      name: 'Ada',
      roles: ['scanner'],
      key: ada.named,
      state: 'enrolled',
    });
    const identities = chain(
      enrol('Ada', ada),
      enrol('Deputy', deputy, 'administrator'),
      [anew, deputy],
      [endKey(deputy, 1), administrator],
    );
    expect(identities.memberOf(ada.keyId, 2)?.roles).toEqual(['reviewer']);
    expect(identities.memberOf(ada.keyId, late)).toBeUndefined();
  });
});
