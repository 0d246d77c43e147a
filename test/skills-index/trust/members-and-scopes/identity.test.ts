import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Digest, digestOf } from '../../../../skills-index/skill/digest.ts';
import { parseScope } from '../../../../skills-index/skill/name.ts';
import {
  keyStatement,
  type MemberRole,
  memberStatement,
  type Statement,
  scopeStatement,
} from '../../../../skills-index/statement/attestation.ts';
import type { LoggedStatement } from '../../../../skills-index/trust/members-and-scopes/identities.ts';
import { chainIdentities } from '../../../../skills-index/trust/members-and-scopes/identity.ts';
import { freshNonce } from '../../../nonce.ts';
import { people, storyRoot } from '../../story.ts';
import { type TestSigner, testPasskey, testSigner } from '../../story-keys.ts';

const { administrator, author, ada, scanner, stranger, registry } = people;
const second = testSigner('second key');
const acme = parseScope('acme');

type Spoken = readonly [Statement, TestSigner];

function logged(spoken: readonly Spoken[]): LoggedStatement[] {
  return spoken.map(([statement, { keyId }], logIndex) => ({
    statement,
    signer: keyId,
    logIndex,
    digest: addressAt(logIndex),
  }));
}
const addressAt = (logIndex: number): Digest => digestOf(`statement ${logIndex}`);
const chain = (...spoken: Spoken[]) => chainIdentities(storyRoot, logged(spoken));
const late = 1_000;

const enrol = (name: string, key: TestSigner, ...roles: MemberRole[]): Statement =>
  memberStatement({ nonce: freshNonce(), name, roles, key: key.named, state: 'enrolled' });
const end = (name: string, key: TestSigner, validUpTo?: number): Statement =>
  memberStatement({
    nonce: freshNonce(),
    name,
    roles: ['reviewer'],
    key: key.named,
    state: 'ended',
    ...(validUpTo === undefined ? {} : { validUpTo }),
  });
const claim = (owners: readonly TestSigner[], previous?: Digest): Statement =>
  scopeStatement({
    scope: acme,
    owners: owners.map((one) => one.named),
    ...(previous === undefined ? {} : { previous }),
  });
const rotate = (from: TestSigner, to: TestSigner): Statement =>
  keyStatement({ key: to.named, state: 'enrolled', replaces: from.keyId });
const endKey = (key: TestSigner, validUpTo?: number): Statement =>
  keyStatement({
    key: key.named,
    state: 'ended',
    ...(validUpTo === undefined ? {} : { validUpTo }),
  });

describe('members', () => {
  it('are those that an administrator of the root file enrolled, after the enrolment and not before', () => {
    const identities = chain(
      [claim([author]), author],
      [enrol('Ada', ada, 'reviewer'), administrator],
    );
    expect(identities.isMember(ada.keyId, 'reviewer', 1)).toBe(false);
    expect(identities.isMember(ada.keyId, 'reviewer', 2)).toBe(true);
    expect(identities.isMember(ada.keyId, 'administrator', 2)).toBe(false);
    expect(identities.memberOf(ada.keyId, 2)).toMatchObject({ name: 'Ada', roles: ['reviewer'] });
    expect(identities.keysOf('Ada', late)).toEqual([ada.keyId]);
  });

  it.each([
    ['a stranger', stranger],
    ['oneself', ada],
    ['the registry', registry],
    ['a scope owner', author],
  ])('are not made by %s', (_, signer) => {
    const identities = chain([claim([author]), author], [enrol('Ada', ada, 'reviewer'), signer]);
    expect(identities.isMember(ada.keyId, 'reviewer', late)).toBe(false);
    expect(identities.ignored).toEqual([
      { digest: addressAt(1), logIndex: 1, why: 'its signer was no administrator' },
    ]);
  });

  it('are made by an enrolled administrator, but by a reviewer not', () => {
    const identities = chain(
      [enrol('Ada', ada, 'administrator'), administrator],
      [enrol('Scanner', scanner, 'scanner'), ada],
      [enrol('Eve', stranger, 'administrator'), scanner],
    );
    expect(identities.isMember(scanner.keyId, 'scanner', late)).toBe(true);
    expect(identities.isMember(stranger.keyId, 'administrator', late)).toBe(false);
  });

  it('end at the index that is named, also in hindsight, and from then on count no more', () => {
    const identities = chain(
      [enrol('Ada', ada, 'reviewer'), administrator],
      ...Array.from({ length: 8 }, (): Spoken => [claim([author]), author]),
      [end('Ada', ada, 4), administrator],
    );
    expect([1, 4, 5, late].map((at) => identities.isMember(ada.keyId, 'reviewer', at))).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });

  it('are not ended under a name that is not theirs', () => {
    const identities = chain(
      [enrol('Ada', ada, 'reviewer'), administrator],
      [end('Eve', ada), administrator],
    );
    expect(identities.isMember(ada.keyId, 'reviewer', late)).toBe(true);
    expect(identities.ignored).toMatchObject([
      { why: 'Eve was not enrolled with this key or passkey' },
    ]);
  });

  it('may be enrolled again, for what comes after', () => {
    const identities = chain(
      [enrol('Ada', ada, 'reviewer'), administrator],
      [end('Ada', ada), administrator],
      [enrol('Ada', ada, 'scanner'), administrator],
    );
    expect([1, 2, 3].map((at) => identities.memberOf(ada.keyId, at)?.roles)).toEqual([
      ['reviewer'],
      undefined,
      ['scanner'],
    ]);
  });

  it('have the roles of the newest enrolment only', () => {
    const identities = chain(
      [enrol('Ada', ada, 'reviewer'), administrator],
      [enrol('Ada', ada, 'scanner'), administrator],
    );
    expect(identities.isMember(ada.keyId, 'reviewer', 1)).toBe(true);
    expect(identities.isMember(ada.keyId, 'reviewer', 2)).toBe(false);
  });

  it('are one person per key: a second name for it does not count', () => {
    const identities = chain(
      [enrol('Ada', ada, 'reviewer'), administrator],
      [enrol('Eve', ada, 'reviewer'), administrator],
    );
    expect(identities.memberOf(ada.keyId, late)?.name).toBe('Ada');
    expect(identities.ignored).toMatchObject([
      { why: 'its key, passkey or identity belongs to Ada' },
    ]);
  });

  it('lose what an ended administrator did after the index up to which the key counts', () => {
    const identities = chain(
      [enrol('Ada', ada, 'administrator'), administrator],
      [enrol('Early', scanner, 'scanner'), ada],
      [enrol('Late', stranger, 'reviewer'), ada],
      [end('Ada', ada, 1), administrator],
    );
    expect(identities.isMember(scanner.keyId, 'scanner', late)).toBe(true);
    expect(identities.isMember(stranger.keyId, 'reviewer', late)).toBe(false);
  });

  it('with a passkey are found by it', () => {
    const passkey = testPasskey('ben').enrolled;
    const ben = memberStatement({
      nonce: freshNonce(),
      name: 'Ben',
      roles: ['reviewer'],
      passkey,
      state: 'enrolled',
    });
    const ended = memberStatement({
      nonce: freshNonce(),
      name: 'Ben',
      roles: ['reviewer'],
      passkey,
      state: 'ended',
    });
    const identities = chain([ben, administrator], [ended, administrator]);
    expect(identities.passkeyOf(passkey.credentialId, 1)).toMatchObject({
      member: { name: 'Ben' },
      passkey,
    });
    expect(identities.passkeyOf(passkey.credentialId, 2)).toBeUndefined();
    expect(identities.passkeysOf('Ben', 1)).toEqual([passkey]);
    expect(identities.passkeysOf('Ben', 2)).toEqual([]);
  });
});

describe('administrators of the root file', () => {
  it('are there from the first index, and only a new root file ends them', () => {
    const identities = chain(
      [enrol('Ada', ada, 'administrator'), administrator],
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

  it('are claimed for oneself only', () => {
    expect(chain([claim([author]), stranger]).ownersOf(acme, late)).toEqual([]);
  });

  it.each([
    ['an owner', author, true],
    ['a stranger', stranger, false],
    ['the registry', registry, false],
    ['the administrator', administrator, true],
  ])('change hands by %s: %#', (_, signer, changes) => {
    const identities = chain([claim([author]), author], [claim([second], addressAt(0)), signer]);
    expect(identities.ownersOf(acme, late)).toEqual([changes ? second.named : author.named]);
    expect(identities.scopeStatementOf(acme, late)).toBe(addressAt(changes ? 1 : 0));
  });

  it('do not change by a statement that names another claim than the one that stands (a replay)', () => {
    const identities = chain(
      [claim([author]), author],
      [claim([author, second], addressAt(0)), author],
      [claim([author], addressAt(1)), author],
      [claim([author, second], addressAt(0)), author],
    );
    expect(identities.ownersOf(acme, late)).toEqual([author.named]);
  });

  it('are not claimed by a change of nothing, nor with a key that was ended', () => {
    expect(chain([claim([author], addressAt(7)), author]).ownersOf(acme, late)).toEqual([]);
    expect(
      chain([endKey(author), author], [claim([author, second]), author]).ownersOf(acme, late),
    ).toEqual([]);
  });

  it('change by administrators only when as many as the threshold says sign the same', () => {
    const root = {
      ...storyRoot,
      threshold: 2,
      administrators: [administrator, ada].map((one) => ({
        keyId: one.keyId,
        key: one.named.spki,
      })),
    };
    const change = claim([second], addressAt(0));
    const told = (...spoken: Spoken[]) =>
      chainIdentities(root, logged([[claim([author]), author], ...spoken])).ownersOf(acme, late);
    expect(told([change, administrator])).toEqual([author.named]);
    expect(told([change, administrator], [change, administrator])).toEqual([author.named]);
    expect(told([change, administrator], [claim([stranger], addressAt(0)), ada])).toEqual([
      author.named,
    ]);
    expect(told([change, administrator], [change, ada])).toEqual([second.named]);
    const halfway = chainIdentities(
      root,
      logged([
        [claim([author]), author],
        [change, administrator],
      ]),
    );
    expect(halfway.ignored, 'a vote is kept, so that the next one can find it').toEqual([]);
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
    const change = claim([stranger], addressAt(0));
    const told = (...spoken: Spoken[]) =>
      chainIdentities(
        root,
        logged([[claim([author]), author], [change, administrator], ...spoken]),
      ).ownersOf(acme, late);
    expect(
      told([enrol('Puppet', second, 'administrator'), administrator], [change, second]),
    ).toEqual([author.named]);
    expect(
      told([enrol('Al', administrator, 'administrator'), administrator], [change, administrator]),
    ).toEqual([author.named]);
  });

  it('are found by key, also by one that followed another', () => {
    const identities = chain(
      [claim([author]), author],
      [rotate(author, second), author],
      [endKey(author), author],
    );
    expect([identities.scopesOf(author.keyId, 1), identities.scopesOf(second.keyId, 1)]).toEqual([
      [acme],
      [],
    ]);
    expect([
      identities.scopesOf(author.keyId, late),
      identities.scopesOf(second.keyId, late),
    ]).toEqual([[], [acme]]);
  });
});

describe('keys', () => {
  it('are followed by the key that replaces them, signed by the old one', () => {
    const identities = chain([claim([author]), author], [rotate(author, second), author]);
    expect(identities.ownersOf(acme, late)).toEqual([author.named, second.named]);
  });

  it('are not replaced by somebody else', () => {
    expect(
      chain([claim([author]), author], [rotate(author, stranger), stranger]).ownersOf(acme, late),
    ).toEqual([author.named]);
  });

  it('are followed only where the old one had a role, and once', () => {
    const idle = chain([claim([author]), author], [rotate(stranger, scanner), stranger]);
    expect(idle.ignored).toEqual([]);
    expect(idle.scopesOf(scanner.keyId, late)).toEqual([]);
    expect(idle.follows(scanner.keyId, stranger.keyId)).toBe(false);
    const again = chain([claim([author, second]), author], [rotate(author, second), author]);
    expect(again.ignored.map(({ why }) => why)).toEqual(['the successor is a known key']);
  });

  it('are followed by new keys alone: nobody hangs an owner, a reviewer or an administrator behind their own key', () => {
    const claimed = [claim([author]), author] as const;
    const strange: Spoken = [
      scopeStatement({ scope: parseScope('strange'), owners: [stranger.named] }),
      stranger,
    ];
    for (const victim of [author, scanner, administrator]) {
      const identities = chain(
        [enrol('scanner', scanner, 'scanner'), administrator],
        claimed,
        strange,
        [rotate(stranger, victim), stranger],
      );
      expect(identities.ignored.map(({ why }) => why)).toEqual(['the successor is a known key']);
      expect(identities.follows(victim.keyId, stranger.keyId)).toBe(false);
    }
  });

  it('are followed by no more than sixteen, so that nobody makes the chain of all slow', () => {
    const many = Array.from(
      { length: 20 },
      (_, at): Spoken => [rotate(author, testSigner(`heir ${at}`)), author],
    );
    const identities = chain([claim([author]), author], ...many);
    expect(identities.ignored.map(({ why }) => why)).toEqual(
      Array(4).fill('the replaced key has too many successors'),
    );
    expect(identities.ownersOf(acme, late)).toHaveLength(17);
  });

  it('of a member who has fewer roles now take back nothing of what was said in the others', () => {
    const told = (...roles: MemberRole[]) =>
      chain(
        [enrol('bob', second, 'administrator'), administrator],
        [enrol('nina', scanner, 'scanner'), second],
        [enrol('bob', second, ...roles), administrator],
        [endKey(second, 0), second],
      );
    expect(told('scanner').isMember(scanner.keyId, 'scanner', 2)).toBe(true);
    expect(told('administrator', 'reviewer').isMember(scanner.keyId, 'scanner', 2)).toBe(false);
  });

  it('that followed another are owners no more when the scope names its owners anew without them', () => {
    const identities = chain(
      [claim([author]), author],
      [rotate(author, second), author],
      [claim([author], addressAt(0)), author],
    );
    expect(identities.ownersOf(acme, 2)).toEqual([author.named, second.named]);
    expect(identities.ownersOf(acme, late)).toEqual([author.named]);
  });

  it('count up to the index at which they were ended, and what they did later goes with them', () => {
    const told = (...more: Spoken[]) =>
      chain(
        [claim([author]), author],
        [rotate(author, second), author],
        [rotate(author, stranger), author],
        ...more,
      );
    const ended = told([endKey(author, 1), second]);
    expect(ended.ownersOf(acme, 1)).toEqual([author.named]);
    expect(ended.ownersOf(acme, late)).toEqual([second.named]);
    expect([
      ended.follows(second.keyId, author.keyId),
      ended.follows(stranger.keyId, author.keyId),
    ]).toEqual([true, false]);
  });

  it.each([
    ['its holder', author],
    ['its successor', second],
    ['an administrator', administrator],
  ])('are ended by %s', (_, signer) => {
    const identities = chain(
      [claim([author]), author],
      [rotate(author, second), author],
      [endKey(author), signer],
    );
    expect(identities.ownersOf(acme, late)).toEqual([second.named]);
  });

  it('are not ended by a stranger, and never come back', () => {
    expect(
      chain([claim([author]), author], [endKey(author), stranger]).ownersOf(acme, late),
    ).toEqual([author.named]);
    const back = chain(
      [claim([author]), author],
      [endKey(author), author],
      [keyStatement({ key: author.named, state: 'enrolled' }), author],
    );
    expect(back.ownersOf(acme, late)).toEqual([]);
  });

  it('that were ended stop being a member’s key too', () => {
    const identities = chain([enrol('Ada', ada, 'reviewer'), administrator], [endKey(ada, 0), ada]);
    expect(identities.isMember(ada.keyId, 'reviewer', late)).toBe(false);
  });
});

describe('any history', () => {
  const actors = [administrator, author, ada, scanner, stranger, second];
  const actor = fc.constantFrom(...actors);
  const index = fc.nat(20);
  const statement = fc.oneof(
    fc
      .record({ key: actor, role: fc.constantFrom('reviewer', 'administrator', 'scanner') })
      .map(({ key, role }) => enrol(key.keyId.slice(0, 12), key, role as MemberRole)),
    fc.record({ key: actor, at: index }).map(({ key, at }) => end(key.keyId.slice(0, 12), key, at)),
    fc
      .record({ owner: actor, previous: fc.option(index, { nil: undefined }) })
      .map(({ owner, previous }) =>
        claim([owner], previous === undefined ? undefined : addressAt(previous)),
      ),
    fc
      .record({ from: actor, to: actor })
      .filter(({ from, to }) => from !== to)
      .map(({ from, to }) => rotate(from, to)),
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
