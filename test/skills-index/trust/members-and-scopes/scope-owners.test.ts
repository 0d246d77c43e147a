import { describe, expect, it } from 'vitest';
import { type Digest, digestOf } from '../../../../skills-index/skill/digest.ts';
import { parseScope } from '../../../../skills-index/skill/name.ts';
import { ScopeOwners } from '../../../../skills-index/trust/members-and-scopes/scope-owners.ts';
import { type TestSigner, testSigner } from '../../story-keys.ts';

const acme = parseScope('acme');
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
});
