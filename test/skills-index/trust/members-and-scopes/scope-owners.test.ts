import { describe, expect, it } from 'vitest';
import { type Digest, digestOf } from '../../../../skills-index/skill/digest.ts';
import { parseScope } from '../../../../skills-index/skill/name.ts';
import { ScopeOwners } from '../../../../skills-index/trust/members-and-scopes/scope-owners.ts';
import { type TestSigner, testSigner } from '../../story-keys.ts';

const acme = parseScope('acme');
const other = parseScope('other');
const late = 1_000;
const ada = testSigner('scope owner ada');
const ben = testSigner('scope owner ben');
const cleo = testSigner('scope owner cleo');
const dora = testSigner('scope owner dora');
const addressAt = (logIndex: number): Digest => digestOf(`statement ${logIndex}`);

/** A claim of @acme, unless another scope is given. */
interface ToldClaim {
  readonly from: number;
  readonly owners: readonly TestSigner[];
  readonly publishers?: readonly TestSigner[];
  readonly lost?: number;
  readonly scope?: typeof acme;
}

function scopes(...claims: readonly ToldClaim[]): ScopeOwners {
  const told = new ScopeOwners();
  for (const { from, owners, publishers, lost, scope = acme } of claims)
    told.claim(
      {
        scope,
        owners: owners.map(({ named }) => named),
        ...(publishers && { publishers: publishers.map(({ named }) => named) }),
      },
      { from, lost },
      addressAt(from),
    );
  return told;
}

/** Makes a key the successor of another key in @acme. */
function rotate(
  told: ScopeOwners,
  [old, key]: readonly [TestSigner, TestSigner],
  { from, lost, scope = acme }: Pick<ToldClaim, 'from' | 'lost' | 'scope'>,
): ScopeOwners {
  told.declare(old.keyId, key.keyId);
  told.follow(old.keyId, key.named, scope, { from, lost });
  return told;
}

describe('a successor of a key', () => {
  it('has the rights that the key had, from the succession on', () => {
    const told = scopes({ from: 1, owners: [ada, ben], publishers: [ada, cleo] });
    rotate(told, [ada, dora], { from: 3 });
    expect(told.ownersOf(acme, 3)).toEqual([ada.named, ben.named]);
    expect(told.ownersOf(acme, 4)).toEqual([ada.named, ben.named, dora.named]);
    expect(told.publishersOf(acme, 4)).toEqual([ada.named, cleo.named, dora.named]);
    expect([3, 4].map((at) => told.scopesOf(dora.keyId, at))).toEqual([[], [acme]]);
  });

  it('publishes only, where the key was a publisher only', () => {
    const told = scopes({ from: 1, owners: [ada], publishers: [ben] });
    rotate(told, [ben, cleo], { from: 3 });
    expect(told.ownersOf(acme, late)).toEqual([ada.named]);
    expect(told.publishersOf(acme, late)).toEqual([ben.named, cleo.named]);
  });

  it('is not listed twice, where the claim names the successor already', () => {
    const told = scopes({ from: 1, owners: [ada, ben] });
    rotate(told, [ada, ben], { from: 3 });
    expect(told.ownersOf(acme, late)).toEqual([ada.named, ben.named]);
    expect(told.isInLine(acme, ben.keyId)).toBe(false);
  });

  it('of an ended key has no right that is known to be lost, and is in no line of keys', () => {
    const told = scopes({ from: 1, owners: [ada] });
    rotate(told, [ada, ben], { from: 3, lost: 7 });
    expect(told.ownersOf(acme, late)).toEqual([ada.named]);
    expect(told.follows(ben.keyId, ada.keyId)).toBe(false);
    expect(told.isInLine(acme, ben.keyId)).toBe(false);
    // Until log index 7, nobody could know that the key had ended.
    expect([7, 8].map((known) => told.ownersOf(acme, 5, known))).toEqual([
      [ada.named, ben.named],
      [ada.named],
    ]);
  });

  it('of a successor belongs to the line of the first key, in that scope only', () => {
    const told = scopes({ from: 1, owners: [ada] }, { from: 2, owners: [cleo], scope: other });
    rotate(told, [ada, ben], { from: 3 });
    rotate(told, [ben, cleo], { from: 4 });
    const line = [ada, ben, cleo].map(({ keyId }) => keyId);
    for (const keyId of line) {
      expect([...told.lineOf(acme, [keyId])].sort()).toEqual([...line].sort());
      expect(told.isInLine(acme, keyId)).toBe(true);
      expect([...told.lineOf(other, [keyId])]).toEqual([keyId]);
      expect(told.isInLine(other, keyId)).toBe(false);
    }
    expect(told.predecessorsOf(acme, cleo.keyId)).toEqual([ben.keyId, ada.keyId]);
    expect(told.predecessorsOf(acme, ada.keyId)).toEqual([]);
    expect(told.predecessorsOf(other, cleo.keyId)).toEqual([]);
    expect(told.follows(cleo.keyId, ada.keyId)).toBe(true);
    expect(told.follows(ada.keyId, cleo.keyId)).toBe(false);
    expect(told.follows(ada.keyId, ada.keyId)).toBe(false);
  });

  it('is known as declared, also where the key has no rights', () => {
    const told = new ScopeOwners();
    told.declare(ada.keyId, ben.keyId);
    told.declare(ben.keyId, cleo.keyId);
    told.declare(ada.keyId, dora.keyId);
    expect(told.successorsOf(ada.keyId)).toEqual([ben.keyId, dora.keyId, cleo.keyId]);
    expect(told.successorsOf(cleo.keyId)).toEqual([]);
    expect(told.isSuccessor(ben.keyId, ada.keyId)).toBe(true);
    expect(told.isSuccessor(cleo.keyId, ada.keyId)).toBe(false);
    expect(told.isSuccessor(ada.keyId, ben.keyId)).toBe(false);
    expect(told.isSuccessor(ben.keyId, cleo.keyId)).toBe(false);
  });
});

describe('the log index from which a right is known to be lost', () => {
  const lostOf = (told: ScopeOwners, { keyId }: TestSigner, at = late) =>
    told.lostOf(acme, keyId, at);

  it('is that of the succession, after the succession', () => {
    const told = rotate(scopes({ from: 1, owners: [ada] }), [ada, ben], { from: 3, lost: 7 });
    expect([3, 4].map((at) => lostOf(told, ben, at))).toEqual([undefined, 7]);
    expect(lostOf(told, ada)).toBeUndefined();
  });

  it.each([
    [9, 7, 7],
    [5, 7, 5],
  ])('is the lower one of claim (%i) and succession (%i)', (claim, succession, expected) => {
    const told = scopes({ from: 1, owners: [ada], lost: claim });
    rotate(told, [ada, ben], { from: 3, lost: succession });
    expect(lostOf(told, ben)).toBe(expected);
  });

  it('is none for an identity that has another right, which is valid', () => {
    const told = scopes({ from: 1, owners: [ada], publishers: [ada, ben] });
    rotate(told, [ada, ben], { from: 3, lost: 7 });
    expect(lostOf(told, ben)).toBeUndefined();
    expect(told.scopesOf(ben.keyId, late)).toEqual([acme]);
  });
});

describe('a scope in which an identity has its highest right', () => {
  it.each<[string, readonly ToldClaim[], readonly string[]]>([
    [
      'is one where the identity publishes and never was an owner',
      [{ from: 1, owners: [ada], publishers: [ben] }],
      [acme],
    ],
    [
      'is one that the identity owned before and owns again',
      [
        { from: 1, owners: [ben] },
        { from: 2, owners: [ada], publishers: [ben] },
        { from: 3, owners: [ada, ben] },
      ],
      [acme],
    ],
    [
      'is none where an owner became a publisher',
      [
        { from: 1, owners: [ben] },
        { from: 2, owners: [ada], publishers: [ben] },
      ],
      [],
    ],
  ])('%s', (_, claims, expected) => {
    expect(scopes(...claims).keptBy(ben.keyId, late)).toEqual(expected);
  });

  it('is one that the identity does not own yet, but will own, if the identity is a publisher', () => {
    const told = scopes(
      { from: 1, owners: [ada], publishers: [ben] },
      { from: 5, owners: [ben] },
      { from: 7, owners: [ada], publishers: [ben] },
    );
    expect([5, 6, 8].map((at) => told.keptBy(ben.keyId, at))).toEqual([[acme], [acme], []]);
  });

  it('is one again from the log index after the succession that made the identity an owner', () => {
    const told = scopes(
      { from: 1, owners: [ben] },
      { from: 3, owners: [ada], publishers: [ada, ben] },
    );
    rotate(told, [ada, ben], { from: 8 });
    expect([8, 9].map((at) => told.keptBy(ben.keyId, at))).toEqual([[], [acme]]);
  });
});
