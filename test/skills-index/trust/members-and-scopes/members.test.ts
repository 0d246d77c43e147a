import { describe, expect, it } from 'vitest';
import { type Digest, digestOf } from '../../../../skills-index/skill/digest.ts';
import {
  type MemberPredicate,
  type MemberRole,
  memberStatement,
  type Statement,
} from '../../../../skills-index/statement/attestation.ts';
import type { Identities } from '../../../../skills-index/trust/members-and-scopes/identities.ts';
import { chainIdentities } from '../../../../skills-index/trust/members-and-scopes/identity.ts';
import type { RootFile } from '../../../../skills-index/trust/root/root.ts';
import { freshNonce } from '../../../nonce.ts';
import { people, storyRoot } from '../../story.ts';
import { type TestSigner, testSigner } from '../../story-keys.ts';
import { job, kim } from './history-people.ts';

const { administrator, ada, ben, scanner, stranger } = people;
const second = testSigner('second administrator');
const deputy = testSigner('deputy');
const late = 1_000;
const registry = digestOf('the registry');
/** A registry whose administrators change scopes and enrol members two by two. */
const byTwo: RootFile = {
  ...storyRoot,
  first: registry,
  threshold: 2,
  administrators: [administrator, second].map(({ keyId, named }) => ({ keyId, key: named.spki })),
};
const byOne: RootFile = { ...storyRoot, first: registry };

type Spoken = readonly [Statement, TestSigner];
const addressAt = (logIndex: number): Digest => digestOf(`statement ${logIndex}`);
const chain = (root: RootFile, ...spoken: readonly Spoken[]): Identities =>
  chainIdentities(
    root,
    spoken.map(([statement, { keyId }], logIndex) => ({
      statement,
      signer: keyId,
      logIndex,
      digest: addressAt(logIndex),
    })),
  );
const about = (
  name: string,
  key: TestSigner,
  more: Partial<MemberPredicate> & { readonly role?: MemberRole } = {},
): Statement => {
  const { role = 'reviewer', ...rest } = more;
  return memberStatement({
    nonce: freshNonce(),
    name,
    roles: [role],
    key: key.named,
    state: 'enrolled',
    ...rest,
  });
};
const whys = ({ ignored }: Identities) => ignored.map(({ logIndex, why }) => [logIndex, why]);

describe('an enrolment that names its registry', () => {
  const vote = about('Ada', ada, { registry });

  it('waits for as many administrators as the threshold says', () => {
    const waiting = chain(byTwo, [vote, administrator]);
    expect(waiting.memberOf(ada.keyId, late)).toBeUndefined();
    expect(waiting.memberVotes.pending()).toEqual([
      { change: vote.predicate, by: [administrator.keyId] },
    ]);
    expect(waiting.ignored).toEqual([]);
    const voted = chain(byTwo, [vote, administrator], [vote, second]);
    expect([1, 2].map((at) => voted.memberOf(ada.keyId, at)?.name)).toEqual([undefined, 'Ada']);
    expect(voted.memberVotes.pending()).toEqual([]);
  });

  it('counts no vote of an administrator who was only enrolled', () => {
    const enrolled = about('Deputy', deputy, { role: 'administrator', registry });
    const identities = chain(
      byTwo,
      [enrolled, administrator],
      [enrolled, second],
      [vote, administrator],
      [vote, deputy],
    );
    expect(identities.isMember(deputy.keyId, 'administrator', late)).toBe(true);
    expect(identities.memberOf(ada.keyId, late)).toBeUndefined();
    expect(whys(identities)).toEqual([
      [3, 'only administrators of the root file enrol members, and its signer is none'],
    ]);
  });

  it.each<[string, RootFile, MemberPredicate['registry'], TestSigner]>([
    ['where one administrator is enough', byOne, registry, administrator],
    ['where it is from before statements named their registry', byTwo, undefined, administrator],
    ['by an enrolled administrator, where one is enough', byOne, registry, deputy],
  ])('needs no second administrator %s', (_, root, named, by) => {
    const bound = named === undefined ? {} : { registry: named };
    const identities = chain(
      root,
      [about('Deputy', deputy, { role: 'administrator', ...bound }), administrator],
      [about('Ada', ada, bound), by],
    );
    expect(identities.memberOf(ada.keyId, late)?.name).toBe('Ada');
    expect(identities.memberVotes.pending()).toEqual([]);
    expect(identities.ignored).toEqual([]);
  });

  it('is stopped by the end of its key, which drops the votes so far', () => {
    const identities = chain(
      byTwo,
      [vote, administrator],
      [about('Ada', ada, { state: 'ended', registry }), second],
      [vote, second],
    );
    expect(identities.ignored).toEqual([]);
    expect(identities.memberOf(ada.keyId, late)).toBeUndefined();
    expect(identities.memberVotes.pending()).toMatchObject([{ by: [second.keyId] }]);
  });
});

describe('the end of a key or passkey that was never enrolled', () => {
  it('counts where it names the last statement: it stops an enrolment that comes later', () => {
    const identities = chain(
      byOne,
      [about('Ada', ada, { state: 'ended', previous: 'none' }), administrator],
      [about('Ada', ada, { previous: 'none' }), administrator],
      [about('Ada', ada, { previous: addressAt(0) }), administrator],
    );
    expect(whys(identities)).toEqual([
      [1, 'it does not name the last statement on its key or passkey as `previous`'],
    ]);
    expect([2, 3].map((at) => identities.memberOf(ada.keyId, at)?.name)).toEqual([
      undefined,
      'Ada',
    ]);
    expect(identities.memberStatementOf(ada.keyId, 1)).toBe(addressAt(0));
  });

  it('does not count where it names nothing', () => {
    expect(whys(chain(byOne, [about('Ada', ada, { state: 'ended' }), administrator]))).toEqual([
      [0, 'Ada was not enrolled with this key or passkey'],
    ]);
  });

  it('does not count under another name, once the key is enrolled', () => {
    const identities = chain(
      byOne,
      [about('Ada', ada, { previous: 'none' }), administrator],
      [about('Eve', ada, { state: 'ended', previous: addressAt(0) }), administrator],
    );
    expect(whys(identities)).toEqual([[1, 'Eve was not enrolled with this key or passkey']]);
    expect(identities.memberOf(ada.keyId, late)?.name).toBe('Ada');
  });
});

describe('an enrolment', () => {
  it('does not count without an administrator’s key', () => {
    expect(whys(chain(byOne, [about('Ada', ada), stranger]))).toEqual([
      [0, 'its signer was no administrator'],
    ]);
  });

  it('does not count for a person who is a member under another name', () => {
    const told = (identity: typeof kim | typeof job) =>
      chain(
        byOne,
        [about('Ada', ada, { identities: [job, kim] }), administrator],
        [about('Eve', stranger, { identities: [identity] }), administrator],
      );
    expect(whys(told(kim))).toEqual([[1, 'its key, passkey or identity belongs to Ada']]);
    // Many people stand behind a CI job, so the job may belong to several members.
    expect(told(job).memberOf(stranger.keyId, late)?.name).toBe('Eve');
  });

  it('is known by its address, which the next one names', () => {
    const identities = chain(
      byOne,
      [about('Ada', ada, { previous: 'none' }), administrator],
      [about('Ada', ada, { role: 'scanner', previous: 'none' }), administrator],
      [about('Ada', ada, { role: 'scanner', previous: addressAt(0) }), administrator],
    );
    expect(whys(identities)).toEqual([
      [1, 'it does not name the last statement on its key or passkey as `previous`'],
    ]);
    expect([1, 2, 3].map((at) => identities.memberStatementOf(ada.keyId, at))).toEqual([
      addressAt(0),
      addressAt(0),
      addressAt(2),
    ]);
    expect(identities.isMember(ada.keyId, 'scanner', late)).toBe(true);
  });

  it('may name a statement on its key that did not count', () => {
    const identities = chain(
      byOne,
      [about('Ada', ada, { previous: 'none' }), administrator],
      [about('Ada', ada, { role: 'administrator', previous: addressAt(0) }), stranger],
      [about('Ada', ada, { role: 'scanner', previous: addressAt(1) }), administrator],
    );
    expect(whys(identities)).toEqual([[1, 'its signer was no administrator']]);
    expect(identities.isMember(ada.keyId, 'scanner', late)).toBe(true);
  });

  it('ends the membership before it, and only that one', () => {
    const first: Spoken = [about('Ada', ada), administrator];
    const other: Spoken = [about('Scanner', scanner, { role: 'scanner' }), administrator];
    expect([...chain(byOne, first, other).ends.members]).toEqual([]);
    const anew = chain(byOne, first, other, [
      about('Ada', ada, { role: 'scanner' }),
      administrator,
    ]);
    expect([...anew.ends.members.values()]).toEqual([{ of: ada.keyId, at: 2, upTo: 2 }]);
  });

  it('of a passkey is found by the passkey alone', () => {
    const withPasskey = memberStatement({
      nonce: freshNonce(),
      name: 'Ben',
      roles: ['reviewer'],
      passkey: ben.enrolled,
      state: 'enrolled',
    });
    const identities = chain(
      byOne,
      [withPasskey, administrator],
      [about('Ben', scanner), administrator],
    );
    expect(identities.passkeyOf(ben.enrolled.credentialId, late)).toMatchObject({
      member: { name: 'Ben', roles: ['reviewer'] },
      passkey: ben.enrolled,
    });
    expect(identities.passkeyOf(scanner.keyId, late)).toBeUndefined();
    expect(identities.passkeysOf('Ben', late)).toEqual([ben.enrolled]);
    expect(identities.keysOf('Ben', late)).toEqual([scanner.keyId]);
  });
});
