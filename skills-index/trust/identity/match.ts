/** Whether a statement was signed by one of some identities: equal digests, nothing else. */
import type { Digest } from '../../skill/digest.ts';
import type { Identity } from '../../statement/attestation.ts';
import { identityId } from '../../statement/identity-id.ts';

/** Who signed, as far as a verified signature says it. */
export interface SignedBy {
  /** Key id, or the id of the person that the certificate names. */
  readonly signer: Digest;
  /** With a certificate: ids of all identities that it satisfies. Empty is nobody. */
  readonly signers?: readonly Digest[];
}

/** Ids of everybody as whom the signer speaks. */
export function idsOf({ signer, signers }: SignedBy): readonly Digest[] {
  return signers ?? [signer];
}

/** The first of the identities as whom the signer speaks. */
export function matchedIdentity(
  identities: readonly Identity[],
  by: SignedBy,
): Identity | undefined {
  const ids = idsOf(by);
  return identities.find((one) => ids.includes(identityId(one)));
}
