/** What people and keys say, one after another, and who is who by it. */
import { type Digest, digestOf } from '../../../../skills-index/skill/digest.ts';
import { parseScope } from '../../../../skills-index/skill/name.ts';
import {
  type Identity,
  keyStatement,
  type MemberPredicate,
  memberStatement,
  type RevocationPredicate,
  revocationStatement,
  type Statement,
  scopeStatement,
} from '../../../../skills-index/statement/attestation.ts';
import { identityId } from '../../../../skills-index/statement/identity-id.ts';
import type {
  Identities,
  LoggedStatement,
} from '../../../../skills-index/trust/members-and-scopes/identities.ts';
import { chainIdentities } from '../../../../skills-index/trust/members-and-scopes/identity.ts';
import type { RootFile } from '../../../../skills-index/trust/root/root.ts';
import { freshNonce } from '../../../nonce.ts';
import { storyRoot } from '../../story.ts';
import type { TestSigner } from '../../story-keys.ts';

export type Spoken = readonly [Statement, TestSigner];
/** The signer is a key, or the identities that a certificate stands for. */
export type Said = readonly [Statement, TestSigner | readonly Identity[]];

export const acme = parseScope('acme');
export const other = parseScope('other');
/** A log index behind everything that is said. */
export const late = 1_000;

export const addressAt = (logIndex: number): Digest => digestOf(`statement ${logIndex}`);
export const logged = (said: readonly Said[]): LoggedStatement[] =>
  said.map(([statement, by], logIndex) => ({
    statement,
    logIndex,
    digest: addressAt(logIndex),
    ...('keyId' in by
      ? { signer: by.keyId }
      : { signer: digestOf('the person'), signers: by.map(identityId) }),
  }));
export const chainUnder = (root: RootFile, ...said: readonly Said[]): Identities =>
  chainIdentities(root, logged(said));
export const chain = (...said: readonly Said[]): Identities => chainUnder(storyRoot, ...said);
export const whys = ({ ignored }: Identities) =>
  ignored.map(({ logIndex, why }) => [logIndex, why]);

type Named = TestSigner | Identity;
const named = (one: Named): Identity => ('named' in one ? one.named : one);
interface Claimed {
  /** The log index of the claim before. */
  readonly previous?: number | undefined;
  readonly scope?: typeof acme;
  readonly publishers?: readonly Named[];
}
export const claim = (
  owners: readonly Named[],
  { previous, publishers, scope = acme }: Claimed = {},
): Statement =>
  scopeStatement({
    scope,
    owners: owners.map(named),
    ...(publishers && { publishers: publishers.map(named) }),
    ...(previous !== undefined && { previous: addressAt(previous) }),
  });
export const rotate = (from: TestSigner, to: TestSigner): Spoken => [
  keyStatement({ key: to.named, state: 'enrolled', replaces: from.keyId }),
  from,
];
export const endKey = (key: TestSigner, validUpTo?: number): Statement =>
  keyStatement({ key: key.named, state: 'ended', ...(validUpTo !== undefined && { validUpTo }) });
/** The enrolment of a reviewer, unless `more` says something else. */
export const membership = (
  name: string,
  key: TestSigner,
  more: Partial<MemberPredicate> = {},
): Statement =>
  memberStatement({
    nonce: freshNonce(),
    name,
    roles: ['reviewer'],
    key: key.named,
    state: 'enrolled',
    ...more,
  });
export const word = (kind: RevocationPredicate['kind'], { keyId }: TestSigner): Statement =>
  revocationStatement({
    nonce: freshNonce(),
    kind,
    target: { publisher: keyId },
    reason: 'sells malware',
  });
