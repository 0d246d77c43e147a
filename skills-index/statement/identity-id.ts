/**
 * Gives each possible signer one digest. Matching an identity means comparing two digests, never a
 * pattern.
 */

import type { Digest } from '../skill/digest.ts';
import { canonicalDigest } from '../skill/text/canonical-json.ts';
import type { CiIdentity, Identity, PersonIdentity, PublicKey } from './predicates.ts';

/**
 * The digest of an identity: for a key, the key id; for any other identity, SHA-256 of the
 * identity's RFC 8785 form. Digests of keys and of other identities never collide, because SPKI DER
 * is not JSON.
 */
export function identityId(identity: Identity): Digest {
  return isKey(identity) ? identity.keyId : canonicalDigest(identity);
}

/** Whether an identity is a long-lived key. */
export function isKey(identity: Identity): identity is PublicKey {
  return 'keyId' in identity;
}

/** Whether an identity is a CI job. */
export function isCi(identity: Identity): identity is CiIdentity {
  return 'repository' in identity;
}

/** Whether an identity is a person whom an OIDC issuer names. */
export function isPerson(identity: Identity): identity is PersonIdentity {
  return 'subject' in identity;
}

export function keysAmong(identities: readonly Identity[]): PublicKey[] {
  return identities.filter(isKey);
}

/** Prints an identity as text for people. No parser reads this text. */
export function printIdentity(identity: Identity): string {
  if (isKey(identity)) return identity.keyId;
  if (!isCi(identity)) return `${identity.subject} (${identity.issuer})`;
  const { issuer, repository, workflow, ref, environment } = identity;
  const where = [ref, environment === undefined ? undefined : `environment ${environment}`].filter(
    (part) => part !== undefined,
  );
  return `CI job ${workflow} of repository ${repository} at ${where.join(', ')} (${issuer})`;
}
