/** Who signed a statement by a certificate. */
import type { Digest } from '../../skills-index/skill/digest.ts';
import type { PlainBundle } from '../../skills-index/statement/signature-formats/sigstore-bundle.ts';
import type { Certified } from '../../skills-index/trust/signatures/verify-statement.ts';

/** The signer named by a certificate. */
export interface CertificateSigner {
  readonly signer: Digest;
  readonly signers: readonly Digest[];
  readonly certified: Certified;
  readonly bundle: PlainBundle;
}
