import { describe, expect, it } from 'vitest';
import {
  keyStatement,
  type MemberRole,
  type RevocationPredicate,
  type Statement,
} from '../../../../skills-index/statement/attestation.ts';
import type { RootFile } from '../../../../skills-index/trust/root/root.ts';
import { people, storyRoot } from '../../story.ts';
import { type TestSigner, testSigner } from '../../story-keys.ts';
import { job, kim, lee } from './history-people.ts';
import {
  acme,
  chain,
  chainUnder,
  claim,
  endKey,
  late,
  membership,
  other,
  rotate,
  type Said,
  whys,
  word,
} from './spoken.ts';

const { administrator, author, ada, scanner, stranger } = people;
const second = testSigner('second key');
const third = testSigner('third key');
const byTwo: RootFile = {
  ...storyRoot,
  threshold: 2,
  administrators: [administrator, ada].map(({ keyId, named }) => ({ keyId, key: named.spki })),
};
const introduce = (key: TestSigner): Statement =>
  keyStatement({ key: key.named, state: 'enrolled' });
const enrol = (key: TestSigner, ...roles: MemberRole[]): Statement =>
  membership(key.keyId.slice(7, 19), key, { roles });
const stop = (kind: RevocationPredicate['kind'], key: TestSigner): Said => [
  word(kind, key),
  administrator,
];
const role = 'and is no administrator of the root file';

describe('the last of these statements does not count', () => {
  it.each<[string, readonly Said[]]>([
    [
      'it changes a claim, but nobody has claimed the scope',
      [[claim([author], { previous: 7 }), author]],
    ],
    ['its signer is not among the owners that it names', [[claim([author]), stranger]]],
    ['its signer is not among the owners that it names', [[claim([author, kim]), [lee, job]]]],
    ['its signer is not among the owners that it names', [[claim([author, kim]), []]]],
    [
      'its signer’s key was ended',
      [
        [endKey(author), author],
        [claim([author]), author],
      ],
    ],
    [
      'its signer was revoked at log index 0: sells malware',
      [stop('revoked', author), [claim([author]), author]],
    ],
    [
      'it does not name the present claim of @acme as `previous`',
      [
        [claim([author]), author],
        [claim([author, second]), author],
      ],
    ],
    [
      'it does not name the present claim of @acme as `previous`',
      [
        [claim([author]), author],
        [claim([second], { previous: 0 }), author],
        [claim([author], { previous: 0 }), administrator],
      ],
    ],
    [
      `its signer did not own @acme, ${role}`,
      [
        [claim([author]), author],
        [claim([stranger], { previous: 0 }), stranger],
      ],
    ],
    [
      `its signer did not own @acme, ${role}`,
      [
        [claim([author]), author],
        stop('suspended', stranger),
        [claim([stranger], { previous: 0 }), stranger],
      ],
    ],
    [
      `its signer was suspended at log index 1: sells malware, ${role}`,
      [
        [claim([author]), author],
        stop('suspended', author),
        [claim([second], { previous: 0 }), author],
      ],
    ],
    ['its signer holds neither the key nor the key that it replaces', [[introduce(author), ada]]],
    [
      'its signer holds neither the key nor the key that it replaces',
      [[rotate(author, second)[0], second]],
    ],
    [
      'its signer’s key was ended',
      [
        [endKey(author), author],
        [introduce(author), author],
      ],
    ],
    [
      'its signer was suspended at log index 0: sells malware',
      [stop('suspended', author), [introduce(author), author]],
    ],
    [
      'its signer was suspended at log index 0: sells malware',
      [stop('suspended', author), rotate(author, second)],
    ],
    ['the successor is a known key', [[introduce(second), second], rotate(author, second)]],
    ['the successor is a known key', [rotate(author, administrator)]],
    [
      'its signer is no holder of the key, no successor and no administrator',
      [
        [introduce(author), author],
        [endKey(author), stranger],
      ],
    ],
    [
      'its signer’s key was ended',
      [
        [endKey(author), author],
        [endKey(author, 0), author],
      ],
    ],
    [
      'the key has ended already',
      [rotate(author, second), [endKey(author), administrator], [endKey(author), second]],
    ],
    [
      'the key has ended already',
      [
        [claim([author]), author],
        rotate(author, second),
        [endKey(author, 1), author],
        [endKey(author, 1), second],
      ],
    ],
  ])('because %s (%#)', (why, spoken) => {
    expect(whys(chain(...spoken))).toEqual([[spoken.length - 1, why]]);
  });
});

describe('each of these statements counts', () => {
  it.each<[string, readonly Said[]]>([
    ['a claim by a person with a certificate', [[claim([author, kim]), [lee, kim]]]],
    [
      'a change by a person with a certificate',
      [
        [claim([kim]), [kim]],
        [claim([author], { previous: 0 }), [kim]],
      ],
    ],
    [
      'a change by an administrator after the owner was stopped',
      [
        [claim([author]), author],
        stop('suspended', author),
        [claim([second], { previous: 0 }), administrator],
      ],
    ],
    [
      'a known key that its holder introduces',
      [
        [claim([author]), author],
        [introduce(author), author],
      ],
    ],
    [
      'an end by a successor, further back than the holder’s own end reached',
      [
        [claim([author]), author],
        [claim([author], { scope: other }), author],
        rotate(author, second),
        [claim([second], { scope: other, previous: 1 }), author],
        [endKey(author, 2), author],
        [endKey(author, 2), second],
      ],
    ],
  ])('%s', (_, spoken) => {
    expect(whys(chain(...spoken))).toEqual([]);
  });
});

describe('the chain', () => {
  it('knows the keys of the root file and of accepted claims, not those of a claim that is lost', () => {
    const identities = chain(
      [claim([author]), author],
      [claim([second], { previous: 0, publishers: [scanner] }), author],
      [claim([third], { previous: 1 }), second],
      [endKey(second, 1), administrator],
    );
    for (const { keyId, publicKey } of [administrator, author, second, scanner])
      expect(identities.keyOf(keyId)).toEqual(publicKey);
    expect(identities.keyOf(third.keyId)).toBeUndefined();
    // The scope does not go back to the owner before.
    expect(identities.ownersOf(acme, late)).toEqual([]);
  });

  it('knows a successor, also of a key without a scope', () => {
    const told = (...spoken: readonly Said[]) => chain(...spoken, rotate(author, second));
    expect(told().keyOf(second.keyId)).toEqual(second.publicKey);
    expect(told().follows(second.keyId, author.keyId)).toBe(false);
    const owner = told([claim([author]), author]);
    expect(owner.follows(second.keyId, author.keyId)).toBe(true);
    expect(owner.follows(author.keyId, second.keyId)).toBe(false);
    expect(owner.whyFrozen(other, late)).toBeUndefined();
  });

  it('lists no publisher whose key was ended', () => {
    const identities = chain(
      [claim([author], { publishers: [second, third] }), author],
      [endKey(second), second],
    );
    expect(identities.publishersOf(acme, 1)).toEqual([second.named, third.named]);
    expect(identities.publishersOf(acme, late)).toEqual([third.named]);
    expect(identities.scopesOf(second.keyId, late)).toEqual([]);
  });

  it('forgets the votes on a scope when an owner changes the scope', () => {
    const vote: Said = [claim([stranger], { previous: 0 }), administrator];
    const told = (...spoken: readonly Said[]) =>
      chainUnder(byTwo, [claim([author]), author], vote, ...spoken);
    expect(told().scopeVotes.pendingOn(acme)).toMatchObject([{ by: [administrator.keyId] }]);
    const changed = told([claim([author, second], { previous: 0 }), author]);
    expect(changed.scopeVotes.pendingOn(acme)).toEqual([]);
    expect(changed.ownersOf(acme, late)).toEqual([author.named, second.named]);
    expect(whys(changed)).toEqual([]);
  });

  it('gives a successor no rights in a scope where a key before it was stopped', () => {
    const identities = chain(
      [claim([author]), author],
      rotate(author, second),
      [claim([second], { scope: other }), second],
      stop('revoked', author),
      rotate(second, third),
    );
    expect(whys(identities)).toEqual([]);
    expect(identities.scopesOf(third.keyId, late)).toEqual([other]);
    expect(identities.ownersOf(acme, late)).toEqual([author.named, second.named]);
  });

  it('lets a key have sixteen successors', () => {
    const heirs = Array.from({ length: 17 }, (_, nth) =>
      rotate(author, testSigner(`successor ${nth}`)),
    );
    expect(whys(chain(...heirs))).toEqual([[16, 'the replaced key has too many successors']]);
  });
});

describe('the end of a member’s key reaches back', () => {
  /** Whether the member at log index 0 is one at log index 2, after the end of the key at 4. */
  const wasMember = (by: TestSigner, ...roles: readonly MemberRole[]): boolean =>
    chain(
      [enrol(second, 'reviewer'), administrator],
      rotate(second, third),
      [claim([scanner]), scanner],
      [enrol(second, ...roles), administrator],
      [endKey(second, 1), by],
    ).isMember(second.keyId, 'reviewer', 2);

  it.each<[string, TestSigner, readonly MemberRole[], boolean]>([
    ['for the member, who has every role still', second, ['reviewer'], false],
    ['for an administrator', administrator, ['reviewer'], false],
    ['not for the member, who lost a role', second, ['scanner'], true],
    ['not for a successor, who never was a member', third, ['reviewer'], true],
  ])('%s', (_, by, roles, expected) => {
    expect(wasMember(by, ...roles)).toBe(expected);
  });
});
