/**
 * One digest for each possible signer, so that matching an identity means comparing two digests,
 * never a pattern.
 */
import { canonicalDigest } from '../skill/canonical-json.ts';
import type { Digest } from '../skill/digest.ts';
import type { CiIdentity, Identity, PersonIdentity, PublicKey } from './predicates.ts';

/**
 * The key id of a key, otherwise SHA-256 of the RFC 8785 form. The two never collide, because SPKI
 * DER is not JSON.
 */
export function identityId(identity: Identity): Digest {
  return isKey(identity) ? identity.keyId : canonicalDigest(identity);
}

/** Whether an identity is a key that its holder keeps. */
export function isKey(identity: Identity): identity is PublicKey {
  return 'keyId' in identity;
}

/** Whether an identity is a CI job. */
export function isCi(identity: Identity): identity is CiIdentity {
  return 'repository' in identity;
}

/** Whether an identity is a person, known by an issuer alone. */
export function isPerson(identity: Identity): identity is PersonIdentity {
  return 'subject' in identity;
}

/** The keys among identities. */
export function keysAmong(identities: readonly Identity[]): PublicKey[] {
  return identities.filter(isKey);
}

/** An identity for people to read; `parse` takes none of it back. */
export function printIdentity(identity: Identity): string {
  if (isKey(identity)) return identity.keyId;
  if (!isCi(identity)) return `${identity.subject} (${identity.issuer})`;
  const { issuer, repository, workflow, ref, environment } = identity;
  const where = [ref, environment === undefined ? undefined : `environment ${environment}`].filter(
    (part) => part !== undefined,
  );
  return `CI job ${workflow} of repository ${repository} at ${where.join(', ')} (${issuer})`;
}
