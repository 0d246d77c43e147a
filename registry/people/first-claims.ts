/**
 * Limits how many scopes one identity may claim first: every installer verifies each claim again.
 */
import { Problem } from '../../skills-index/skill/problem.ts';
import type { IdentityStatement } from '../../skills-index/statement/attestation.ts';
import type { Registry } from '../context.ts';
import { firstClaimsMax } from '../limits.ts';
import type { NewStatement } from '../log/appending.ts';
import { claimantName, isFirstClaim } from '../log/index-names.ts';
import { memberNow, readMembers } from './identities.ts';
import { findSomeWords } from './words.ts';

/**
 * Rejects a first claim beyond the limit. The limit does not apply to members.
 * @param countClaim counts a stranger's claim for its network address
 * @throws Problem `request-invalid`, and what `countClaim` throws
 */
export async function requireFewClaims(
  registry: Registry,
  {
    statement,
    signer,
  }: { readonly statement: IdentityStatement; readonly signer: NewStatement['signer'] },
  countClaim: () => void = () => undefined,
): Promise<void> {
  if (!isFirstClaim(statement)) return;
  const { chain } = await readMembers(registry);
  if ('keyId' in signer && memberNow(registry, chain, signer.keyId) !== undefined) return;
  // Keys cost nothing, so a client with a new key for each claim is counted by its address.
  countClaim();
  const name = claimantName(
    'keyId' in signer
      ? { signer: signer.keyId }
      : { signer: signer.signer, claims: signer.certified.claims },
  );
  const { words } = await findSomeWords(registry, name, { after: -1, limit: firstClaimsMax });
  if (words.length < firstClaimsMax) return;
  throw new Problem(
    'request-invalid',
    `An identity may be the first to claim at most ${firstClaimsMax} scopes, and your identity has reached this limit`,
    {
      hint: 'Ask an administrator of the registry to claim the scope and transfer it to you.',
    },
  );
}
