import { describe, expect, it } from 'vitest';
import { digestOf } from '../../../../skills-index/skill/digest.ts';
import { parseScope, parseSkillName } from '../../../../skills-index/skill/name.ts';
import { parseVersion } from '../../../../skills-index/skill/version.ts';
import {
  keyStatement,
  memberStatement,
  predicateTypes,
  type RevocationTarget,
  revocationStatement,
  type Statement,
  scopeStatement,
} from '../../../../skills-index/statement/attestation.ts';
import type { IndexLine } from '../../../../skills-index/trust/index-files/index-line.ts';
import { defaultPolicy } from '../../../../skills-index/trust/policy/policy.ts';
import {
  gatherTrustStatements,
  isTrustStatement,
  type TrustStatement,
} from '../../../../skills-index/trust/signatures/trust-statements.ts';
import { freshNonce } from '../../../nonce.ts';
import { people, storyRoot } from '../../story.ts';
import type { TestSigner } from '../../story-keys.ts';

const { administrator, author, ada, stranger } = people;
const acme = parseScope('acme');
const late = 1_000;
const line = {
  name: parseSkillName('@acme/tool'),
  version: parseVersion('1.0.0'),
  bundle: digestOf('bundle'),
} as IndexLine;

const stop = (target: RevocationTarget): Statement =>
  revocationStatement({ nonce: freshNonce(), kind: 'revoked', target, reason: 'sells malware' });
const claim = scopeStatement({ scope: acme, owners: [author.named] });
const member = memberStatement({
  nonce: freshNonce(),
  name: 'Ada',
  roles: ['reviewer'],
  key: ada.named,
  state: 'enrolled',
});
type Spoken = readonly [Statement, TestSigner] | 'frozen';
/** The statements of a log, of which the frozen ones only name a scope. */
const logged = (all: readonly Spoken[]): readonly TrustStatement[] =>
  all.map((one, logIndex) => {
    const at = { logIndex, digest: digestOf(`statement ${logIndex}`) };
    return one === 'frozen'
      ? { ...at, about: { scope: acme }, why: 'nobody can verify the statement' }
      : ({ ...at, statement: one[0], signer: one[1].keyId } as TrustStatement);
  });
const words = (...all: readonly Spoken[]) =>
  gatherTrustStatements({ root: storyRoot, policy: defaultPolicy }, logged(all));
const aboutLine = (...all: readonly Spoken[]) =>
  words(...all)
    .revocationsAbout(line)
    .map(({ logIndex }) => logIndex);

describe('a replay of the log remembers', () => {
  const statement = (kind: keyof typeof predicateTypes): Statement =>
    ({ predicateType: predicateTypes[kind], predicate: {} }) as Statement;

  it.each<[keyof typeof predicateTypes, boolean]>([
    ['member', true],
    ['revocation', true],
    ['publish', false],
    ['advice', false],
  ])('a statement of the kind %s: %s', (kind, remembers) => {
    expect(isTrustStatement({ statement: statement(kind) })).toBe(remembers);
  });
});

describe('the statements of a log', () => {
  it('tell who somebody is', () => {
    const { identities, root, policy } = words(
      [member, administrator],
      [claim, author],
      [keyStatement({ key: stranger.named, state: 'ended' }), administrator],
    );
    expect([root, policy]).toEqual([storyRoot, defaultPolicy]);
    expect(identities.memberOf(ada.keyId, late)?.name).toBe('Ada');
    expect(identities.ownersOf(acme, late)).toEqual([author.named]);
    expect(identities.ignored).toEqual([]);
  });

  it('freeze a scope, where a statement about the scope cannot be verified', () => {
    const { identities } = words([claim, author], 'frozen');
    expect(identities.ownersOf(acme, 1)).toEqual([author.named]);
    expect(identities.ownersOf(acme, late)).toEqual([]);
    expect(identities.whyFrozen(acme, late)).toBe('nobody can verify the statement');
  });

  it.each<[string, RevocationTarget, boolean]>([
    ['the bundle of the version', { bundle: line.bundle }, true],
    ['another bundle', { bundle: digestOf('another bundle') }, false],
    ['the version', { name: line.name, version: line.version }, true],
    ['another version', { name: line.name, version: parseVersion('1.0.1') }, false],
    [
      'the version of another skill',
      { name: parseSkillName('@acme/other'), version: line.version },
      false,
    ],
    ['the publisher of the version', { publisher: author.keyId }, true],
    // The publisher of the version may be a successor of this publisher.
    ['another publisher', { publisher: stranger.keyId }, true],
  ])('may stop a version, where they revoke %s', (_, target, may) => {
    expect(aboutLine([claim, author], [stop(target), ada])).toEqual(may ? [1] : []);
  });

  it('may stop a version several times, each time by another target', () => {
    const { name, version, bundle } = line;
    expect(
      aboutLine(
        [stop({ publisher: author.keyId }), ada],
        [stop({ bundle }), ada],
        'frozen',
        [stop({ name, version }), ada],
        [stop({ bundle }), stranger],
      ),
    ).toEqual([1, 4, 3, 0]);
  });
});
