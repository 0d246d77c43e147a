import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { digestOf } from '../../../../skills-index/skill/digest.ts';
import { parseScope } from '../../../../skills-index/skill/name.ts';
import { Problem } from '../../../../skills-index/skill/problem.ts';
import {
  memberStatement,
  type Statement,
  scopeStatement,
} from '../../../../skills-index/statement/attestation.ts';
import type { FrozenSubject } from '../../../../skills-index/trust/members-and-scopes/ends.ts';
import { chainIdentities } from '../../../../skills-index/trust/members-and-scopes/identity.ts';
import { parseFrozenSubject } from '../../../../skills-index/trust/members-and-scopes/read-logged.ts';
import { freshNonce } from '../../../nonce.ts';
import { people, storyRoot } from '../../story.ts';
import type { TestSigner } from '../../story-keys.ts';

const { administrator, author, ada, stranger } = people;
const acme = parseScope('acme');
const late = 1_000;

type Spoken = readonly [Statement, TestSigner] | FrozenSubject;
const chain = (...spoken: Spoken[]) => {
  const placed = spoken.map((one, logIndex) => ({
    one,
    at: { logIndex, digest: digestOf(`statement ${logIndex}`) },
  }));
  return chainIdentities(
    storyRoot,
    placed.flatMap(({ one, at }) =>
      isFrozen(one) ? [] : [{ ...at, statement: one[0], signer: one[1].keyId }],
    ),
    placed.flatMap(({ one, at }) =>
      isFrozen(one) ? [{ ...at, about: one, why: 'nobody vouches for it' }] : [],
    ),
  );
};
const isFrozen = (one: Spoken): one is FrozenSubject => !Array.isArray(one);
const claim = (rest: object = {}): Statement =>
  scopeStatement({ scope: acme, owners: [author.named], ...rest });
const enrolled: Spoken = [
  memberStatement({
    nonce: freshNonce(),
    name: 'ada',
    roles: ['reviewer'],
    key: ada.named,
    state: 'enrolled',
  }),
  administrator,
];

describe('what cannot be verified', () => {
  it('takes a scope from its owners from there on, and leaves them what they were before', () => {
    const identities = chain([claim(), author], { scope: acme });
    expect(identities.ownersOf(acme, 1)).toEqual([author.named]);
    expect([identities.ownersOf(acme, late), identities.publishersOf(acme, late)]).toEqual([
      [],
      [],
    ]);
    expect(identities.whyFrozen(acme, late)).toBe('nobody vouches for it');
  });

  it.each<[string, () => Spoken]>([
    ['the owner until then', () => [claim({ previous: digestOf('statement 1') }), author]],
    ['the administrators', () => [claim({ previous: digestOf('statement 1') }), administrator]],
  ])('lets nobody change a frozen scope, not even %s', (_, next) => {
    const identities = chain([claim(), author], { scope: acme }, next());
    expect(identities.ownersOf(acme, late)).toEqual([]);
    expect(identities.ignored[0]?.why).toMatch(/^@acme is frozen/);
  });

  it('freezes no other scope, no other key', () => {
    const identities = chain(
      [claim(), author],
      enrolled,
      { scope: parseScope('other') },
      { id: stranger.keyId },
      {},
    );
    expect(identities.ownersOf(acme, late)).toEqual([author.named]);
    expect(identities.memberOf(ada.keyId, late)?.name).toBe('ada');
  });

  it('may have been the end of a key or membership: it counts nowhere, before it as after it', () => {
    const identities = chain(
      enrolled,
      [claim(), author],
      { id: ada.keyId },
      { id: author.keyId },
      enrolled,
    );
    expect([identities.memberOf(ada.keyId, 1), identities.memberOf(ada.keyId, late)]).toEqual([
      undefined,
      undefined,
    ]);
    expect(identities.ownersOf(acme, late)).toEqual([]);
  });

  it('never takes the administrators of the root file out of office', () => {
    expect(
      chain({ id: administrator.keyId }).isMember(administrator.keyId, 'administrator', late),
    ).toBe(true);
  });
});

describe('what an unverified payload is about', () => {
  it.each([
    ['no JSON', 'x'],
    ['two answers', '{"predicate":{},"predicate":{}}'],
  ])('is nobody’s guess where it says %s', (_, text) =>
    expect(() => parseFrozenSubject(Buffer.from(text))).toThrow(Problem),
  );

  it('is read or refused, whatever comes', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        try {
          expect(typeof parseFrozenSubject(Buffer.from(text))).toBe('object');
        } catch (cause) {
          expect(cause).toBeInstanceOf(Problem);
        }
      }),
    );
  });
});
