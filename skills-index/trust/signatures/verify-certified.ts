/**
 * Verifies everything behind a keyless statement: certificate, certificate transparency, timestamps
 * and the Rekor v2 entry.
 */
import { bundleFromJSON } from '@sigstore/bundle';
import { type SignedEntity, toSignedEntity, VerificationError, Verifier } from '@sigstore/verify';
import { parseCheckpoint } from '../../log/checkpoint.ts';
import { certifiedBody } from '../../log/entry.ts';
import type { Digest } from '../../skill/digest.ts';
import { Problem } from '../../skill/problem.ts';
import {
  type PlainBundle,
  parsePlainBundle,
} from '../../statement/signature-formats/sigstore-bundle.ts';
import { type CertificateClaims, readLeaf } from './certificate-identity.ts';
import { requireRecords, timesOf } from './record-of-signer.ts';
import { requireEntry } from './require-entry.ts';
import { parseTrustedRoot, type SigstoreRoot } from './trusted-root.ts';

/** The signer that a trusted certificate authority vouched for, and the signing time. */
export interface Certified {
  readonly claims: CertificateClaims;
  /** The signer's certificate, in DER. */
  readonly certificate: Uint8Array;
  /** The certificate's id: SHA-256 of the certificate's TBSCertificate. */
  readonly certificateId: Digest;
  /** The certificate's P-256 key, in SPKI DER. */
  readonly spki: Uint8Array;
  /**
   * The latest time that a timestamp authority gave to the signature, in milliseconds since 1970.
   */
  readonly signedAt: number;
}

/**
 * Verifies a bundle that a certificate signed, without the bundle's entry of our log. The caller
 * judges the statement in the bundle.
 * @param bundleJson a Sigstore bundle v0.3 with the certificate, one entry of a Rekor v2 log and
 * RFC 3161 timestamps
 * @param trustedRoot parsed JSON of a trusted_root.json that the caller trusts
 * @throws Problem `statement-invalid`, `trusted-root-invalid`, `certificate-invalid`,
 * `signature-invalid`, `log-invalid`
 */
export function verifyCertified(bundleJson: unknown, trustedRoot: unknown): Certified {
  const root = parseTrustedRoot(trustedRoot);
  const bundle = parsePlainBundle(bundleJson);
  const certificate = Buffer.from(bundle.verificationMaterial.certificate.rawBytes, 'base64');
  const leaf = readLeaf(certificate);
  const entity = toEntity(bundle);
  requireOneForm(entity, certificate);
  verifyBySigstore(entity, root);
  requireRecords(entity, root, certificate);
  requireRekorEntry(bundle, certificate, root);
  return {
    ...leaf,
    certificate,
    signedAt: Math.max(...timesOf(entity).map((time) => time.getTime())),
  };
}

function toEntity(bundle: PlainBundle): SignedEntity {
  try {
    return toSignedEntity(bundleFromJSON(bundle));
  } catch (cause) {
    throw new Problem(
      'certificate-invalid',
      'Cannot read the certificate or a timestamp of the signature',
      { cause },
    );
  }
}

/**
 * Requires that Sigstore's library re-encodes the certificate to the same bytes. The library
 * verifies its own encoding, so different bytes with the same meaning would pass and could be read
 * in two ways.
 * @throws Problem `certificate-invalid`
 */
export function requireOneForm({ key }: SignedEntity, certificate: Uint8Array): void {
  const isExact =
    key.$case === 'certificate' && Buffer.compare(key.certificate.root.toDER(), certificate) === 0;
  if (!isExact)
    throw new Problem('certificate-invalid', 'Cannot accept the certificate: it is not in DER');
}

// Sigstore's library verifies timestamps only with a threshold above zero, and verifies no
// certificate chain without a timestamp.
function verifyBySigstore(entity: SignedEntity, root: SigstoreRoot): void {
  const publicKey = (): never => {
    throw new Problem('key-unknown', 'Only certificates are trusted here, no keys');
  };
  try {
    new Verifier(
      { ...root, publicKey },
      { ctlogThreshold: 1, tlogThreshold: 1, timestampThreshold: 1 },
    ).verify(entity);
  } catch (cause) {
    throw toProblem(cause);
  }
}

/** Translates an error of Sigstore's library into a Problem. */
export function toProblem(cause: unknown): Problem {
  if (cause instanceof Problem) return cause;
  const message = cause instanceof Error ? cause.message : String(cause);
  const code = cause instanceof VerificationError ? cause.code : '';
  const reason =
    cause instanceof Error && cause.cause instanceof Error
      ? `${message}: ${cause.cause.message}`
      : message;
  const ours = code.startsWith('TLOG_')
    ? 'log-invalid'
    : code === 'SIGNATURE_ERROR'
      ? 'signature-invalid'
      : 'certificate-invalid';
  return new Problem(ours, `The signature does not verify: ${reason}`, { cause });
}

// Sigstore's library leaves three checks of the Rekor entry out: the whole entry, the entry's
// index, and the name, size and root of the checkpoint.
function requireRekorEntry(bundle: PlainBundle, certificate: Uint8Array, root: SigstoreRoot): void {
  const [entry] = bundle.verificationMaterial.tlogEntries;
  const logs = root.tlogs.filter(({ logID }) => logID.toString('base64') === entry.logId.keyId);
  const checkpoint = parseCheckpoint(entry.inclusionProof.checkpoint.envelope);
  const body = certifiedBody(bundle.dsseEnvelope, certificate);
  requireEntry(entry, { body, head: checkpoint }, [
    [
      logs.some(({ baseURL }) => new URL(baseURL).host === checkpoint.origin),
      'the checkpoint is of another log',
    ],
  ]);
}
