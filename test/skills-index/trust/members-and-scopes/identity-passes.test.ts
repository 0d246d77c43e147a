import { describe, expect, it } from 'vitest';
import { digestOf } from '../../../../skills-index/skill/digest.ts';
import { parseSkillName } from '../../../../skills-index/skill/name.ts';
import { parseVersion } from '../../../../skills-index/skill/version.ts';
import {
  adviceStatement,
  type MemberPredicate,
  predicateTypes,
  revocationStatement,
  type Statement,
  scopeStatement,
} from '../../../../skills-index/statement/attestation.ts';
import { chainIdentities } from '../../../../skills-index/trust/members-and-scopes/identity.ts';
import { freshNonce } from '../../../nonce.ts';
import { people, storyRoot } from '../../story.ts';
import { type TestSigner, testSigner } from '../../story-keys.ts';
import { historyBundle } from './history-people.ts';
import { acme, addressAt, endKey, late, logged, membership, type Spoken } from './spoken.ts';

const { administrator, author, ada, stranger } = people;
const deputy = testSigner('deputy');
const second = testSigner('second');
const registry = digestOf('the registry');
const root = { ...storyRoot, first: registry };
const claim = (more: object = {}): Statement =>
  scopeStatement({ scope: acme, owners: [author.named], ...more });
const member = (name: string, key: TestSigner, more: Partial<MemberPredicate> = {}): Spoken => [
  membership(name, key, { roles: ['administrator'], ...more }),
  administrator,
];
const stop = (target: object): Statement =>
  revocationStatement({
    nonce: freshNonce(),
    kind: 'revoked',
    target: target as never,
    reason: 'sells malware',
  });

describe('the history of identities', () => {
  it('skips statements about versions without a reason', () => {
    const name = parseSkillName('@acme/tool');
    const version = parseVersion('1.0.0');
    const nonce = freshNonce();
    const { ignored } = chainIdentities(
      root,
      logged([
        [{ predicateType: predicateTypes.publish, predicate: {} } as Statement, author],
        [{ predicateType: predicateTypes.scan, predicate: {} } as Statement, stranger],
        [adviceStatement({ name, version, kind: 'yanked', reason: 'broken', nonce }), author],
        [stop({ bundle: historyBundle }), stranger],
        [stop({ name, version }), stranger],
      ]),
    );
    expect(ignored).toEqual([]);
  });

  it('ignores statements of another registry, and repeated ones, each with the reason', () => {
    const again = claim();
    const { ignored } = chainIdentities(
      root,
      logged([
        [claim({ registry: digestOf('another registry') }), author],
        [again, author],
        [again, author],
        [stop({ publisher: author.keyId }), stranger],
      ]),
    );
    const at = (logIndex: number) => ({ digest: addressAt(logIndex), logIndex });
    expect(ignored).toEqual([
      {
        ...at(0),
        why: `it was signed for the registry ${digestOf('another registry')}`,
      },
      { ...at(2), why: 'its signer logged the same statement before' },
      { ...at(3), why: 'its signer was no reviewer or administrator' },
    ]);
  });

  it('takes back what depends on that, however long the line is', () => {
    const line = Array.from({ length: 6 }, (_, nth) => testSigner(`in line ${nth}`));
    const told = bound([
      member('First', line[0] ?? deputy),
      ...line
        .slice(1)
        .map((key, nth): Spoken => [member(`In line ${nth}`, key)[0], line[nth] ?? deputy]),
      [member('Ada', ada)[0], line.at(-1) ?? deputy],
      [endKey(line[0] ?? deputy, 0), administrator],
    ]);
    expect(told.ignored.map(({ logIndex }) => logIndex)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(told.isAdministrator(ada)).toBe(false);
  });

  it('takes both back where a key and a membership end in the same pass', () => {
    const told = bound([
      member('Deputy', deputy),
      member('Second', second),
      [member('Ada', ada)[0], deputy],
      [member('Eve', stranger)[0], second],
      [endKey(deputy, 1), administrator],
      member('Second', second, { state: 'ended', validUpTo: 1 }),
    ]);
    expect([ada, stranger].map(told.isAdministrator)).toEqual([false, false]);
    expect(told.ignored.map(({ logIndex }) => logIndex)).toEqual([2, 3]);
  });

  it('keeps the place of an enrolment that lost its effect: the next one names it', () => {
    const { identities } = bound([
      member('Deputy', deputy),
      member('Ada', ada, { previous: 'none' }),
      [member('Ada', ada, { previous: addressAt(1), roles: ['reviewer'] })[0], deputy],
      [endKey(deputy, 1), administrator],
      member('Ada', ada, { previous: addressAt(2), roles: ['scanner'] }),
    ]);
    expect(identities.memberStatementOf(ada.keyId, 4)).toBe(addressAt(2));
    expect(identities.memberStatementOf(ada.keyId, late)).toBe(addressAt(4));
    expect(identities.memberOf(ada.keyId, late)?.roles).toEqual(['scanner']);
  });
});

/** The history of these statements, and the parts of the history that the tests look at. */
function bound(spoken: readonly Spoken[]) {
  const identities = chainIdentities(root, logged(spoken));
  return {
    identities,
    ignored: identities.ignored,
    ownersOf: identities.ownersOf(acme, late),
    isAdministrator: ({ keyId }: TestSigner) => identities.isMember(keyId, 'administrator', late),
  };
}
