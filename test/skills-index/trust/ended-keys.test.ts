import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseScope } from '../../../skills-index/skill/name.ts';
import {
  type Identity,
  type Statement,
  scopeStatement,
} from '../../../skills-index/statement/attestation.ts';
import type { Identities } from '../../../skills-index/trust/members-and-scopes/identities.ts';
import { people, storyRoot } from '../story.ts';
import { type TestSigner, testSigner } from '../story-keys.ts';
import {
  acme,
  addressAt,
  chain,
  chainUnder,
  claim,
  endKey,
  late,
  membership,
  rotate,
  type Spoken,
} from './members-and-scopes/spoken.ts';

/** Who ends which key how far back, and what falls with it: docs/spec/identities.md, rule 19. */
const { administrator, author, ada, stranger } = people;
const [next, thief, heir, backup] = ['next', 'thief', 'heir', 'backup'].map(testSigner) as [
  TestSigner,
  TestSigner,
  TestSigner,
  TestSigner,
];
const bell = parseScope('bell');
const member = (
  name: string,
  key: TestSigner,
  role: 'reviewer' | 'administrator',
  state: 'enrolled' | 'ended',
): Statement => membership(name, key, { roles: [role], state });
const named = (...keys: TestSigner[]): Identity[] => keys.map((one) => one.named);
const whyOf = (identities: Identities): string[] => identities.ignored.map(({ why }) => why);

describe('a key that was ended', () => {
  const rotated: Spoken[] = [
    [claim([author]), author],
    rotate(author, next),
    [endKey(author), next],
  ];

  it('ends itself no further back: its thief takes neither the scope nor what it published', () => {
    const identities = chain(...rotated, [endKey(author, 0), author], [claim([thief]), thief]);
    expect(whyOf(identities)[0]).toBe('its signer’s key was ended');
    expect(identities.ownersOf(acme, late)).toEqual(named(next));
    expect(identities.ownersOf(acme, 1)).toEqual(named(author));
  });

  it('names no successor and ends none that it named', () => {
    const identities = chain(...rotated, rotate(author, thief), [endKey(next, 0), author]);
    expect(identities.ignored).toHaveLength(2);
    expect(identities.ownersOf(acme, late)).toEqual(named(next));
  });

  it('is ended further back by the successor that stands in its place, and by that one once', () => {
    const identities = chain(
      ...rotated,
      [endKey(author, 1), next],
      [endKey(author, 1), next],
      [endKey(author, 2), next],
    );
    expect(whyOf(identities)).toEqual([
      'its signer logged the same statement before',
      'the key has ended already',
    ]);
    expect(identities.ownersOf(acme, 2)).toEqual(named(next));
  });
});

describe('a key that stands for nothing any more', () => {
  it('takes nothing back: who gave a scope away is not its owner again, and it is not free', () => {
    const identities = chain(
      [claim([author]), author],
      [claim([heir], { previous: 0 }), author],
      [endKey(author, 0), author],
      [claim([author, thief]), thief],
    );
    expect(whyOf(identities)).toEqual([
      'it does not name the present claim of @acme as `previous`',
    ]);
    expect(identities.ownersOf(acme, late)).toEqual(named(heir));
    expect(identities.ownersOf(acme, 1)).toEqual(named(author));
  });

  it('reaches into no scope that it gave away, though it stands in another one', () => {
    const identities = chain(
      [claim([author]), author],
      [claim([author], { scope: bell }), author],
      [claim([heir], { previous: 0 }), author],
      [endKey(author, 0), author],
    );
    expect(whyOf(identities)).toEqual([]);
    expect(identities.ownersOf(acme, late)).toEqual(named(heir));
    expect(identities.ownersOf(acme, 2)).toEqual(named(author));
    expect([identities.ownersOf(bell, 2), identities.ownersOf(bell, late)]).toEqual([[], []]);
  });

  it('reaches into no scope that it gave away and publishes in still', () => {
    const lent = scopeStatement({
      scope: acme,
      owners: named(heir),
      publishers: named(author),
      previous: addressAt(0),
    });
    const identities = chain(
      [claim([author]), author],
      [lent, author],
      [endKey(author, 0), author],
    );
    expect(identities.ownersOf(acme, late)).toEqual(named(heir));
  });

  it('is no reviewer’s way back: who was removed takes back nothing that they approved', () => {
    const identities = chain(
      [member('Ada', ada, 'reviewer', 'enrolled'), administrator],
      [claim([author], { scope: bell }), author],
      [member('Ada', ada, 'reviewer', 'ended'), administrator],
      [claim([ada]), ada],
      [endKey(ada, 0), ada],
    );
    expect(whyOf(identities)).toEqual([]);
    expect(identities.isMember(ada.keyId, 'reviewer', 2)).toBe(true);
    expect([identities.ownersOf(acme, 4), identities.ownersOf(acme, late)]).toEqual([[], []]);
  });
});

describe('an end for an index before', () => {
  it('never frees a scope, and never gives it to whom it belonged before', () => {
    const taken: Spoken[] = [
      [claim([author, backup]), author],
      [claim([thief], { previous: 0 }), author],
      [endKey(author, 0), administrator],
    ];
    expect(chain(...taken).ownersOf(acme, late)).toEqual([]);
    expect(
      chain(
        ...taken,
        [claim([stranger]), stranger],
        [claim([backup], { previous: 0 }), backup],
      ).ownersOf(acme, late),
    ).toEqual([]);
    expect(
      chain(...taken, [claim([thief], { previous: 1 }), thief]).scopeStatementOf(acme, late),
    ).toBe(addressAt(1));
    expect(
      chain(...taken, [claim([heir], { previous: 1 }), administrator]).ownersOf(acme, late),
    ).toEqual(named(heir));
  });

  it('leaves a first claim, and whom it names besides', () => {
    const identities = chain([claim([author, backup]), author], [endKey(author, 0), author]);
    expect(identities.ownersOf(acme, late)).toEqual(named(backup));
  });

  it('takes all that came of it with it, but for what administrators gave', () => {
    const stolen: Spoken[] = [
      [claim([author]), author],
      [claim([author, thief], { previous: 0 }), author],
      rotate(thief, stranger),
      [claim([stranger], { previous: 1 }), stranger],
    ];
    const given: Spoken = [claim([heir], { previous: 3 }), administrator];
    expect(chain(...stolen, [endKey(author, 0), administrator]).ownersOf(acme, late)).toEqual([]);
    expect(
      chain(...stolen, [endKey(author, 0), administrator]).follows(stranger.keyId, thief.keyId),
    ).toBe(false);
    expect(
      chain(...stolen, given, [endKey(author, 0), administrator]).ownersOf(acme, late),
    ).toEqual(named(heir));
  });

  it('by one administrator who was merely enrolled gives a scope to nobody', () => {
    const root = {
      ...storyRoot,
      threshold: 2,
      administrators: [administrator, ada].map((one) => ({
        keyId: one.keyId,
        key: one.named.spki,
      })),
    };
    const identities = chainUnder(
      root,
      [claim([author]), author],
      [member('Mallory', thief, 'administrator', 'enrolled'), administrator],
      [endKey(author, 0), thief],
      [claim([stranger]), stranger],
      [claim([stranger], { previous: 0 }), stranger],
      [claim([stranger], { previous: 0 }), thief],
    );
    expect(identities.ownersOf(acme, late)).toEqual([]);
    expect(identities.scopeStatementOf(acme, late)).toBe(addressAt(0));
  });

  it('of who holds the key now takes its successors behind that index too', () => {
    const identities = chain([claim([author, backup]), author], rotate(author, thief), [
      endKey(author, 0),
      author,
    ]);
    expect(identities.ownersOf(acme, late)).toEqual(named(backup));
  });
});

describe('any history', () => {
  const actor = fc.constantFrom(administrator, author, next, thief, heir);
  const index = fc.nat(12);
  const statement = fc.oneof(
    fc
      .record({ owner: actor, previous: fc.option(index, { nil: undefined }) })
      .map((one) => claim([one.owner], { previous: one.previous })),
    fc.record({ from: actor, to: actor }).map(({ from, to }) => rotate(from, to)[0]),
    fc.record({ key: actor, at: index }).map(({ key, at }) => endKey(key, at)),
  );
  const history = fc.array(fc.tuple(statement, actor), { maxLength: 12 });

  it('with no more than ends of keys in it makes nobody an owner who was none', () => {
    const ends = fc.array(
      fc.tuple(
        fc.record({ key: actor, at: index }).map(({ key, at }) => endKey(key, at)),
        actor,
      ),
      {
        maxLength: 8,
      },
    );
    fc.assert(
      fc.property(history, ends, (before, after) => {
        const owners = chain(...before).ownersOf(acme, before.length);
        const left = chain(...before, ...after).ownersOf(acme, late);
        expect(owners).toEqual(expect.arrayContaining([...left]));
      }),
      { numRuns: 300 },
    );
  });
});
