import { describe, expect, it } from 'vitest';
import { type Digest, digestOf } from '../../../../skills-index/skill/digest.ts';
import { parseScope } from '../../../../skills-index/skill/name.ts';
import {
  type Identity,
  keyStatement,
  type MemberRole,
  memberStatement,
  type RevocationPredicate,
  revocationStatement,
  type Statement,
  scopeStatement,
} from '../../../../skills-index/statement/attestation.ts';
import { identityId } from '../../../../skills-index/statement/identity-id.ts';
import type { Identities } from '../../../../skills-index/trust/members-and-scopes/identities.ts';
import { chainIdentities } from '../../../../skills-index/trust/members-and-scopes/identity.ts';
import type { RootFile } from '../../../../skills-index/trust/root/root.ts';
import { freshNonce } from '../../../nonce.ts';
import { people, storyRoot } from '../../story.ts';
import { type TestSigner, testSigner } from '../../story-keys.ts';
import { job, kim, lee } from './history-people.ts';

const { administrator, author, ada, scanner, stranger } = people;
const second = testSigner('second key');
const third = testSigner('third key');
const acme = parseScope('acme');
const other = parseScope('other');
const late = 1_000;
const byTwo: RootFile = {
  ...storyRoot,
  threshold: 2,
  administrators: [administrator, ada].map(({ keyId, named }) => ({ keyId, key: named.spki })),
};

/** A statement with its signer: a key, or the identities that a certificate stands for. */
type Spoken = readonly [Statement, TestSigner | readonly Identity[]];
const addressAt = (logIndex: number): Digest => digestOf(`statement ${logIndex}`);
const chainIn = (root: RootFile, spoken: readonly Spoken[]): Identities =>
  chainIdentities(
    root,
    spoken.map(([statement, by], logIndex) => ({
      statement,
      logIndex,
      digest: addressAt(logIndex),
      ...('keyId' in by
        ? { signer: by.keyId }
        : { signer: digestOf('the person'), signers: by.map(identityId) }),
    })),
  );
const chain = (...spoken: readonly Spoken[]): Identities => chainIn(storyRoot, spoken);
const whys = ({ ignored }: Identities) => ignored.map(({ logIndex, why }) => [logIndex, why]);

const claim = (
  owners: readonly (TestSigner | Identity)[],
  { previous, scope = acme, publishers }: Claimed = {},
): Statement =>
  scopeStatement({
    scope,
    owners: owners.map((one) => ('named' in one ? one.named : one)),
    ...(publishers && { publishers: publishers.map(({ named }) => named) }),
    ...(previous !== undefined && { previous: addressAt(previous) }),
  });
interface Claimed {
  readonly previous?: number;
  readonly scope?: typeof acme;
  readonly publishers?: readonly TestSigner[];
}
const introduce = (key: TestSigner): Statement =>
  keyStatement({ key: key.named, state: 'enrolled' });
const rotate = (from: TestSigner, to: TestSigner): Spoken => [
  keyStatement({ key: to.named, state: 'enrolled', replaces: from.keyId }),
  from,
];
const endKey = (key: TestSigner, validUpTo?: number): Statement =>
  keyStatement({ key: key.named, state: 'ended', ...(validUpTo !== undefined && { validUpTo }) });
const enrol = (key: TestSigner, ...roles: MemberRole[]): Statement =>
  memberStatement({
    nonce: freshNonce(),
    name: key.keyId.slice(7, 19),
    roles,
    key: key.named,
    state: 'enrolled',
  });
const stop = (kind: RevocationPredicate['kind'], { keyId }: TestSigner): Spoken => [
  revocationStatement({
    nonce: freshNonce(),
    kind,
    target: { publisher: keyId },
    reason: 'sells malware',
  }),
  administrator,
];
const office = 'and is no administrator of the root file';

describe('the last of these statements does not count', () => {
  it.each<[string, readonly Spoken[]]>([
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
      `its signer did not own @acme, ${office}`,
      [
        [claim([author]), author],
        [claim([stranger], { previous: 0 }), stranger],
      ],
    ],
    [
      `its signer did not own @acme, ${office}`,
      [
        [claim([author]), author],
        stop('suspended', stranger),
        [claim([stranger], { previous: 0 }), stranger],
      ],
    ],
    [
      `its signer was suspended at log index 1: sells malware, ${office}`,
      [
        [claim([author]), author],
        stop('suspended', author),
        [claim([second], { previous: 0 }), author],
      ],
    ],
    [
      'a certificate cannot sign a statement of this kind',
      [[enrol(scanner, 'scanner'), [kim, lee]]],
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
  it.each<[string, readonly Spoken[]]>([
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

  it('the end of a key, also where it takes the right to sign the end from its own signer', () => {
    const identities = chain(
      [enrol(second, 'administrator'), administrator],
      [enrol(third, 'administrator'), second],
      [endKey(second, 0), third],
    );
    expect(whys(identities)).toEqual([[1, 'its signer was no administrator']]);
    expect(identities.isMember(second.keyId, 'administrator', 2)).toBe(false);
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
    const told = (...spoken: readonly Spoken[]) => chain(...spoken, rotate(author, second));
    expect(told().keyOf(second.keyId)).toEqual(second.publicKey);
    expect(told().follows(second.keyId, author.keyId)).toBe(false);
    const owner = told([claim([author]), author]);
    expect(owner.follows(second.keyId, author.keyId)).toBe(true);
    expect(owner.follows(author.keyId, second.keyId)).toBe(false);
    expect(owner.whyFrozen(other, late)).toBeUndefined();
  });

  it('tells the last statement on a member’s key', () => {
    const identities = chain([enrol(scanner, 'scanner'), administrator]);
    expect([0, 1].map((at) => identities.memberStatementOf(scanner.keyId, at))).toEqual([
      undefined,
      addressAt(0),
    ]);
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
    const vote: Spoken = [claim([stranger], { previous: 0 }), administrator];
    const told = (...spoken: readonly Spoken[]) =>
      chainIn(byTwo, [[claim([author]), author], vote, ...spoken]);
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
