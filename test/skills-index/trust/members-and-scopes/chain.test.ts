import { describe, expect, it } from 'vitest';
import { digestOf } from '../../../../skills-index/skill/digest.ts';
import { parseScope } from '../../../../skills-index/skill/name.ts';
import {
  type Identity,
  keyStatement,
  type MemberRole,
  memberStatement,
  type Statement,
  scopeStatement,
} from '../../../../skills-index/statement/attestation.ts';
import type { Identities } from '../../../../skills-index/trust/members-and-scopes/identities.ts';
import { chainIdentities } from '../../../../skills-index/trust/members-and-scopes/identity.ts';
import { freshNonce } from '../../../nonce.ts';
import { people, storyRoot, tellStory } from '../../story.ts';
import { type TestSigner, testPasskey, testSigner } from '../../story-keys.ts';

const { administrator, author, ada, scanner, stranger } = people;
const second = testSigner('second key');
const deputy = testSigner('deputy');
const passkey = testPasskey('ada');
const acme = parseScope('acme');
const other = parseScope('other');
const late = 1_000;

const chain = (...spoken: (readonly [Statement, TestSigner])[]): Identities =>
  chainIdentities(
    storyRoot,
    spoken.map(([statement, { keyId }], logIndex) => ({
      statement,
      signer: keyId,
      logIndex,
      digest: digestOf(`${logIndex}`),
    })),
  );
const enrol = (
  name: string,
  key: TestSigner,
  role: MemberRole = 'reviewer',
): readonly [Statement, TestSigner] => [
  memberStatement({ nonce: freshNonce(), name, roles: [role], key: key.named, state: 'enrolled' }),
  administrator,
];
const end = (name: string, key: TestSigner): readonly [Statement, TestSigner] => [
  memberStatement({
    nonce: freshNonce(),
    name,
    roles: ['reviewer'],
    key: key.named,
    state: 'ended',
  }),
  administrator,
];
const withPasskey = memberStatement({
  nonce: freshNonce(),
  name: 'Ada',
  roles: ['reviewer'],
  passkey: passkey.enrolled,
  state: 'enrolled',
});
const claim = (owners: readonly Identity[], publishers?: readonly Identity[]): Statement =>
  scopeStatement({ scope: acme, owners, ...(publishers && { publishers }) });
const endKey = (key: TestSigner, validUpTo?: number): Statement =>
  keyStatement({
    key: key.named,
    state: 'ended',
    ...(validUpTo === undefined ? {} : { validUpTo }),
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

  it('are ended by name and key together', () => {
    const ended = chain(enrol('Ada', ada), end('Ada', stranger));
    expect(ended.memberOf(ada.keyId, late)?.name).toBe('Ada');
    expect(ended.ignored).toMatchObject([
      { logIndex: 1, why: 'Ada was not enrolled with this key or passkey' },
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

describe('the chain', () => {
  it('knows every key that a statement which counts or the root file names', () => {
    const identities = chain(
      enrol('Ada', ada),
      [claim([author.named], [second.named]), author],
      [keyStatement({ key: deputy.named, state: 'enrolled' }), deputy],
      [
        memberStatement({
          nonce: freshNonce(),
          name: 'Eve',
          roles: ['reviewer'],
          key: stranger.named,
          state: 'enrolled',
        }),
        ada,
      ],
    );
    for (const { keyId, publicKey } of [administrator, ada, author, second, deputy])
      expect(identities.keyOf(keyId)).toEqual(publicKey);
    expect(identities.keyOf(stranger.keyId)).toBeUndefined();
    expect(identities.ignored.map(({ logIndex }) => logIndex)).toEqual([3]);
  });

  it('takes no key from one that was ended', () => {
    const rotated = keyStatement({ key: second.named, state: 'enrolled', replaces: author.keyId });
    const again = keyStatement({ key: author.named, state: 'enrolled' });
    const identities = chain(
      [claim([author.named]), author],
      [endKey(author), author],
      [rotated, author],
      [again, author],
    );
    const why = 'its signer’s key was ended';
    expect(identities.ignored).toMatchObject([
      { logIndex: 2, why },
      { logIndex: 3, why },
    ]);
    expect(identities.keyOf(second.keyId)).toBeUndefined();
  });

  it('knows nothing of a scope that nobody claimed', () => {
    const identities = chain([claim([author.named]), author]);
    expect([identities.scopeStatementOf(other, late), identities.firstClaimOf(other)]).toEqual([
      undefined,
      undefined,
    ]);
    expect([identities.scopeStatementOf(acme, late), identities.firstClaimOf(acme)]).toEqual([
      digestOf('0'),
      0,
    ]);
    expect(identities.scopeStatementOf(acme, 0)).toBeUndefined();
    expect([identities.ownersOf(other, late), identities.publishersOf(other, late)]).toEqual([
      [],
      [],
    ]);
    expect(identities.scopesOf(scanner.keyId, late)).toEqual([]);
  });

  it('passes over what is not about who is who, without a word', async () => {
    const { log } = await tellStory();
    expect(chainIdentities(storyRoot, log.said).ignored).toEqual([]);
  });
});
