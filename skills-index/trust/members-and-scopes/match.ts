/** Decides whether one of several identities signed a statement, by comparing digests only. */
import type { Digest } from '../../skill/digest.ts';
import type { Identity } from '../../statement/attestation.ts';
import { identityId } from '../../statement/identity-id.ts';

/** The signer whom a verified signature names. */
export interface SignedBy {
  /** Id of the signer's key, or id of the person that the signer's certificate names. */
  readonly signer: Digest;
  /**
   * Ids of all identities that the signer's certificate satisfies; absent for a plain key. An empty
   * list matches no identity.
   */
  readonly signers?: readonly Digest[];
}

/** The ids of all identities that the signer has. */
export function idsOf({ signer, signers }: SignedBy): readonly Digest[] {
  return signers ?? [signer];
}

/** The first of these identities that the signer has. */
export function matchedIdentity(
  identities: readonly Identity[],
  by: SignedBy,
): Identity | undefined {
  const ids = idsOf(by);
  return identities.find((identity) => ids.includes(identityId(identity)));
}
