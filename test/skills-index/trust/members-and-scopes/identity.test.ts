import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type MemberRole,
  memberStatement,
} from '../../../../skills-index/statement/attestation.ts';
import { chainIdentities } from '../../../../skills-index/trust/members-and-scopes/identity.ts';
import { freshNonce } from '../../../nonce.ts';
import { people, storyRoot } from '../../story.ts';
import { testSigner } from '../../story-keys.ts';
import {
  acme,
  addressAt,
  chain,
  claim,
  endKey,
  late,
  logged,
  membership,
  rotate,
  type Spoken,
} from './spoken.ts';

const { administrator, author, ada, scanner, stranger, registry } = people;
const second = testSigner('second key');

describe('members', () => {
  it.each([
    ['a stranger', stranger],
    ['oneself', ada],
    ['the registry', registry],
  ])('are not made by %s', (_, signer) => {
    const identities = chain([claim([author]), author], [membership('Ada', ada), signer]);
    expect(identities.isMember(ada.keyId, 'reviewer', late)).toBe(false);
    expect(identities.ignored).toEqual([
      { digest: addressAt(1), logIndex: 1, why: 'its signer was no administrator' },
    ]);
  });

  it('end at the index that is named, also in hindsight, and from then on count no more', () => {
    const identities = chain(
      [membership('Ada', ada), administrator],
      ...Array.from({ length: 8 }, (): Spoken => [claim([author]), author]),
      [membership('Ada', ada, { state: 'ended', validUpTo: 4 }), administrator],
    );
    expect([1, 4, 5, late].map((at) => identities.isMember(ada.keyId, 'reviewer', at))).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });
});

describe('administrators of the root file', () => {
  it('are there from the first index, and only a new root file ends them', () => {
    const identities = chain(
      [membership('Ada', ada, { roles: ['administrator'] }), administrator],
      [
        memberStatement({
          nonce: freshNonce(),
          name: 'Root',
          roles: ['administrator'],
          key: administrator.named,
          state: 'ended',
        }),
        ada,
      ],
      [endKey(administrator), ada],
    );
    expect(identities.isMember(administrator.keyId, 'administrator', 0)).toBe(true);
    expect(identities.isMember(administrator.keyId, 'administrator', late)).toBe(true);
  });
});

describe('scopes', () => {
  it('belong to who claimed them first', () => {
    const identities = chain([claim([author]), author], [claim([stranger]), stranger]);
    expect(identities.ownersOf(acme, 0)).toEqual([]);
    expect(identities.ownersOf(acme, late)).toEqual([author.named]);
  });

  it.each([
    ['an owner', author, true],
    ['a stranger', stranger, false],
    ['the registry', registry, false],
    ['the administrator', administrator, true],
  ])('change hands by %s: %#', (_, signer, changes) => {
    const identities = chain([claim([author]), author], [claim([second], { previous: 0 }), signer]);
    expect(identities.ownersOf(acme, late)).toEqual([changes ? second.named : author.named]);
    expect(identities.scopeStatementOf(acme, late)).toBe(addressAt(changes ? 1 : 0));
  });

  it('do not change by an administrator of the root file and those whom that one enrolled', () => {
    const root = {
      ...storyRoot,
      threshold: 2,
      administrators: [administrator, ada].map((one) => ({
        keyId: one.keyId,
        key: one.named.spki,
      })),
    };
    const change = claim([stranger], { previous: 0 });
    const told = (...spoken: Spoken[]) =>
      chainIdentities(
        root,
        logged([[claim([author]), author], [change, administrator], ...spoken]),
      ).ownersOf(acme, late);
    expect(
      told(
        [membership('Puppet', second, { roles: ['administrator'] }), administrator],
        [change, second],
      ),
    ).toEqual([author.named]);
    expect(
      told(
        [membership('Al', administrator, { roles: ['administrator'] }), administrator],
        [change, administrator],
      ),
    ).toEqual([author.named]);
  });
});

describe('keys', () => {
  it('that followed another are owners no more when the scope names its owners anew without them', () => {
    const identities = chain([claim([author]), author], rotate(author, second), [
      claim([author], { previous: 0 }),
      author,
    ]);
    expect(identities.ownersOf(acme, 2)).toEqual([author.named, second.named]);
    expect(identities.ownersOf(acme, late)).toEqual([author.named]);
  });

  it('count up to the index at which they were ended, and what they did later goes with them', () => {
    const told = (...more: Spoken[]) =>
      chain([claim([author]), author], rotate(author, second), rotate(author, stranger), ...more);
    const ended = told([endKey(author, 1), second]);
    expect(ended.ownersOf(acme, 1)).toEqual([author.named]);
    expect(ended.ownersOf(acme, late)).toEqual([second.named]);
    expect([
      ended.follows(second.keyId, author.keyId),
      ended.follows(stranger.keyId, author.keyId),
    ]).toEqual([true, false]);
  });
});

describe('any history', () => {
  const actors = [administrator, author, ada, scanner, stranger, second];
  const actor = fc.constantFrom(...actors);
  const index = fc.nat(20);
  const statement = fc.oneof(
    fc
      .record({ key: actor, role: fc.constantFrom('reviewer', 'administrator', 'scanner') })
      .map(({ key, role }) =>
        membership(key.keyId.slice(0, 12), key, { roles: [role as MemberRole] }),
      ),
    fc
      .record({ key: actor, at: index })
      .map(({ key, at }) =>
        membership(key.keyId.slice(0, 12), key, { state: 'ended', validUpTo: at }),
      ),
    fc
      .record({ owner: actor, previous: fc.option(index, { nil: undefined }) })
      .map(({ owner, previous }) => claim([owner], { previous })),
    fc
      .record({ from: actor, to: actor })
      .filter(({ from, to }) => from !== to)
      .map(({ from, to }) => rotate(from, to)[0]),
    fc.record({ key: actor, at: index }).map(({ key, at }) => endKey(key, at)),
  );

  it('that no administrator signs makes nobody a member', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(statement, fc.constantFrom(...actors.slice(1))), { maxLength: 20 }),
        (spoken) => {
          const identities = chain(...spoken);
          for (const { keyId } of actors.slice(1))
            expect(identities.memberOf(keyId, late)).toBeUndefined();
        },
      ),
      { numRuns: 100 },
    );
  });

  it('means the same in whatever order it is read', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(statement, actor), { maxLength: 20 }), (spoken) => {
        const forth = chainIdentities(storyRoot, logged(spoken));
        const back = chainIdentities(storyRoot, logged(spoken).reverse());
        for (const { keyId } of actors)
          expect(back.memberOf(keyId, late)).toEqual(forth.memberOf(keyId, late));
        expect(back.ownersOf(acme, late)).toEqual(forth.ownersOf(acme, late));
      }),
      { numRuns: 50 },
    );
  });

  it('that goes on cannot change who somebody was, unless something is ended', () => {
    const lasting = statement.filter(
      (one) => !('state' in one.predicate) || one.predicate.state !== 'ended',
    );
    fc.assert(
      fc.property(
        fc.array(fc.tuple(lasting, actor), { maxLength: 16 }),
        fc.nat(16),
        (spoken, cut) => {
          const before = chain(...spoken.slice(0, cut));
          const whole = chain(...spoken);
          for (const { keyId } of actors)
            expect(whole.memberOf(keyId, cut)).toEqual(before.memberOf(keyId, cut));
          expect(whole.ownersOf(acme, cut)).toEqual(before.ownersOf(acme, cut));
        },
      ),
      { numRuns: 100 },
    );
  });
});
