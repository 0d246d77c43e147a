import { describe, expect, it } from 'vitest';
import { digestOf } from '../../../../skills-index/skill/digest.ts';
import type { MemberPredicate } from '../../../../skills-index/statement/attestation.ts';
import type { RootFile } from '../../../../skills-index/trust/root/root.ts';
import { people, storyRoot } from '../../story.ts';
import { type TestSigner, testSigner } from '../../story-keys.ts';
import { addressAt, chainUnder, late, membership, whys } from './spoken.ts';

const { administrator, ada, stranger } = people;
const second = testSigner('second administrator');
const deputy = testSigner('deputy');
const registry = digestOf('the registry');
/** A registry whose administrators change scopes and enrol members two by two. */
const byTwo: RootFile = {
  ...storyRoot,
  first: registry,
  threshold: 2,
  administrators: [administrator, second].map(({ keyId, named }) => ({ keyId, key: named.spki })),
};
const byOne: RootFile = { ...storyRoot, first: registry };

describe('an enrolment that names its registry', () => {
  const vote = membership('Ada', ada, { registry });

  it('waits for as many administrators as the threshold says', () => {
    const waiting = chainUnder(byTwo, [vote, administrator]);
    expect(waiting.memberOf(ada.keyId, late)).toBeUndefined();
    expect(waiting.memberVotes.pending()).toEqual([
      { change: vote.predicate, by: [administrator.keyId] },
    ]);
    expect(waiting.ignored).toEqual([]);
    const voted = chainUnder(byTwo, [vote, administrator], [vote, second]);
    expect([1, 2].map((at) => voted.memberOf(ada.keyId, at)?.name)).toEqual([undefined, 'Ada']);
    expect(voted.memberVotes.pending()).toEqual([]);
  });

  it('counts no vote of an administrator who was only enrolled', () => {
    const enrolled = membership('Deputy', deputy, { roles: ['administrator'], registry });
    const identities = chainUnder(
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
    const identities = chainUnder(
      root,
      [membership('Deputy', deputy, { roles: ['administrator'], ...bound }), administrator],
      [membership('Ada', ada, bound), by],
    );
    expect(identities.memberOf(ada.keyId, late)?.name).toBe('Ada');
    expect(identities.memberVotes.pending()).toEqual([]);
    expect(identities.ignored).toEqual([]);
  });

  it('is stopped by the end of its key, which drops the votes so far', () => {
    const identities = chainUnder(
      byTwo,
      [vote, administrator],
      [membership('Ada', ada, { state: 'ended', registry }), second],
      [vote, second],
    );
    expect(identities.ignored).toEqual([]);
    expect(identities.memberOf(ada.keyId, late)).toBeUndefined();
    expect(identities.memberVotes.pending()).toMatchObject([{ by: [second.keyId] }]);
  });
});

describe('the end of a key or passkey that was never enrolled', () => {
  it('counts where it names the last statement: it stops an enrolment that comes later', () => {
    const identities = chainUnder(
      byOne,
      [membership('Ada', ada, { state: 'ended', previous: 'none' }), administrator],
      [membership('Ada', ada, { previous: 'none' }), administrator],
      [membership('Ada', ada, { previous: addressAt(0) }), administrator],
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
    expect(
      whys(chainUnder(byOne, [membership('Ada', ada, { state: 'ended' }), administrator])),
    ).toEqual([[0, 'Ada was not enrolled with this key or passkey']]);
  });

  it('does not count under another name, once the key is enrolled', () => {
    const identities = chainUnder(
      byOne,
      [membership('Ada', ada, { previous: 'none' }), administrator],
      [membership('Eve', ada, { state: 'ended', previous: addressAt(0) }), administrator],
    );
    expect(whys(identities)).toEqual([[1, 'Eve was not enrolled with this key or passkey']]);
    expect(identities.memberOf(ada.keyId, late)?.name).toBe('Ada');
  });
});

describe('an enrolment', () => {
  it('may name a statement on its key that did not count', () => {
    const identities = chainUnder(
      byOne,
      [membership('Ada', ada, { previous: 'none' }), administrator],
      [membership('Ada', ada, { roles: ['administrator'], previous: addressAt(0) }), stranger],
      [membership('Ada', ada, { roles: ['scanner'], previous: addressAt(1) }), administrator],
    );
    expect(whys(identities)).toEqual([[1, 'its signer was no administrator']]);
    expect(identities.isMember(ada.keyId, 'scanner', late)).toBe(true);
  });
});
