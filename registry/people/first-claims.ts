/**
 * Limits how many scopes one identity may claim first: every start of this registry, and every
 * installer, verifies each claim again.
 */
import { Problem } from '../../skills-index/skill/problem.ts';
import {
  type IdentityStatement,
  predicateTypes,
} from '../../skills-index/statement/attestation.ts';
import type { CertificateClaims } from '../../skills-index/trust/signatures/certificate-identity.ts';
import type { Registry } from '../context.ts';
import { firstClaimsMax } from '../limits.ts';
import type { NewStatement } from '../log/appending.ts';
import { memberNow } from './identities.ts';
import type { KnownIdentities } from './known-identities.ts';

/**
 * Rejects a first claim beyond the limit. The limit does not apply to members.
 * @param countClaim counts a stranger's claim for its network address
 * @throws Problem `request-invalid`, and what `countClaim` throws
 */
export function requireFewClaims(
  registry: Registry,
  { chain, statements }: KnownIdentities,
  {
    statement,
    signer,
  }: { readonly statement: IdentityStatement; readonly signer: NewStatement['signer'] },
  countClaim: () => void = () => undefined,
): void {
  if (!isFirstClaim(statement)) return;
  if ('keyId' in signer && memberNow(registry, chain, signer.keyId) !== undefined) return;
  // Keys cost nothing, so a client with a new key for each claim is counted by its address.
  countClaim();
  const who = 'keyId' in signer ? signer.keyId : accountOf(signer.signer, signer.certified.claims);
  const claimed = statements.filter(
    (verified) =>
      isFirstClaim(verified.statement) &&
      accountOf(verified.signer, verified.certified?.claims) === who,
  );
  if (claimed.length < firstClaimsMax) return;
  throw new Problem(
    'request-invalid',
    `An identity may be the first to claim at most ${firstClaimsMax} scopes, and your identity has reached this limit`,
    {
      hint: 'Ask an administrator of the registry to claim the scope and transfer it to you.',
    },
  );
}

/** Whether a statement claims a scope as its first owner. */
export function isFirstClaim({
  predicateType,
  predicate,
}: KnownIdentities['statements'][number]['statement']): boolean {
  return predicateType === predicateTypes.scope && predicate.previous === undefined;
}

// A repository has one identity for each branch, and counts as one account.
function accountOf(signer: string, claims: CertificateClaims | undefined): string {
  return claims?.repository === undefined ? signer : `${claims.issuer} ${claims.repository}`;
}
