/**
 * Certificate-signed statements, of authors without a key of their own, verified by the Sigstore
 * root that this registry trusts.
 */
import { and, eq } from 'drizzle-orm';
import { Problem } from '../../skills-index/skill/problem.ts';
import { parseJson } from '../../skills-index/skill/text/json.ts';
import type { Statement } from '../../skills-index/statement/attestation.ts';
import type { Envelope } from '../../skills-index/statement/signature-formats/envelope.ts';
import type { PlainBundle } from '../../skills-index/statement/signature-formats/sigstore-bundle.ts';
import type { TufRepository } from '../../skills-index/trust/root/repository.ts';
import { readLeaf } from '../../skills-index/trust/signatures/certificate-identity.ts';
import { idsOfClaims, personOf } from '../../skills-index/trust/signatures/certified-identities.ts';
import { parseTrustedRoot } from '../../skills-index/trust/signatures/trusted-root.ts';
import {
  requireCertifiable,
  verifyCertified,
} from '../../skills-index/trust/signatures/verify-statement.ts';
import type { Registry } from '../context.ts';
import { statements } from '../store/schema.ts';
import type { CertificateSigner } from './certificate-signer.ts';

/**
 * A statement as sent: in an envelope that a key signed, or in a Sigstore bundle with its
 * certificate.
 */
export type SentStatement = Envelope | PlainBundle;

export function isCertifiedSent(sent: SentStatement): sent is PlainBundle {
  return 'dsseEnvelope' in sent;
}

export function envelopeOf(sent: SentStatement): Envelope {
  return isCertifiedSent(sent) ? sent.dsseEnvelope : sent;
}

/**
 * Verifies certificate, signature, timestamps and Rekor entry, and that a certificate may sign such
 * a statement.
 * @throws Problem `certificate-invalid`, `signature-invalid`, `log-invalid`, `statement-invalid`
 */
export function verifySent(
  registry: Registry,
  bundle: PlainBundle,
  statement: Statement,
): CertificateSigner {
  requireCertifiable(statement);
  if (registry.sigstore === undefined) {
    throw new Problem(
      'certificate-invalid',
      'This registry accepts no statement that is signed by certificate, because its root of trust names no Sigstore instance',
      {
        hint: 'Sign with a key: skillgate key create. Or the registry’s operator runs: skillgate registry rotate propose DIR --trusted-root FILE.',
      },
    );
  }
  const certified = verifyCertified(bundle, registry.sigstore);
  return {
    signer: personOf(certified.claims),
    signers: idsOfClaims(certified.claims),
    certified,
    bundle,
  };
}

/**
 * Rejects a certificate that has signed a statement of this kind before, so that nobody can reuse a
 * certificate from the log. The check is cheap: it runs before verification, and again at the
 * write.
 * @throws Problem `certificate-used`, `certificate-invalid`
 */
export async function requireUnusedCertificate(
  registry: Registry,
  bundle: PlainBundle,
  statement: Statement,
): Promise<void> {
  const { certificateId } = readLeaf(
    Buffer.from(bundle.verificationMaterial.certificate.rawBytes, 'base64'),
  );
  const used = await registry.db.read
    .select({ logIndex: statements.logIndex })
    .from(statements)
    .where(
      and(
        eq(statements.certificate, certificateId),
        eq(statements.predicateType, statement.predicateType),
      ),
    )
    .limit(1);
  const [first] = used;
  if (first === undefined) return;
  throw new Problem(
    'certificate-used',
    `The certificate already signed the statement at log index ${first.logIndex}; a certificate signs only one statement`,
    {
      hint: 'Sign in again to get a new certificate: each publication needs a certificate of its own.',
    },
  );
}

/**
 * The same trusted_root.json that clients get: administrators sign it as a TUF target. The file
 * counts only before there is a TUF repository.
 * @throws Problem `json-invalid`, `trusted-root-invalid`
 */
export function sigstoreOf(tuf: TufRepository | undefined, file: Uint8Array | undefined): unknown {
  const text = tuf === undefined ? file : tuf.files['trusted_root.json'];
  if (text === undefined) return undefined;
  const { value } = parseJson(text, 'trusted_root.json');
  parseTrustedRoot(value);
  return value;
}
