/**
 * A log entry for a statement (Rekor v2, hashedrekord 0.0.2). The entry holds the statement's
 * digest and signature, never the statement's payload.
 */
import { hash } from 'node:crypto';
import { canonicalJson } from '../skill/text/canonical-json.ts';
import { type Envelope, pae } from '../statement/signature-formats/envelope.ts';

/** The canonical body of the log entry for an envelope signed with a P-256 key (SPKI DER). */
export function hashedrekordBody(envelope: Envelope, spki: Uint8Array): Uint8Array {
  return bodyOf(envelope, { publicKey: { rawBytes: Buffer.from(spki).toString('base64') } });
}

/**
 * The canonical body of the log entry for an envelope signed with the P-256 key of a certificate
 * (DER).
 */
export function certifiedBody(envelope: Envelope, certificate: Uint8Array): Uint8Array {
  return bodyOf(envelope, {
    x509Certificate: { rawBytes: Buffer.from(certificate).toString('base64') },
  });
}

function bodyOf(
  envelope: Envelope,
  verifier: Readonly<Record<string, { readonly rawBytes: string }>>,
): Uint8Array {
  const signed = pae(envelope.payloadType, Buffer.from(envelope.payload, 'base64'));
  const body = {
    apiVersion: '0.0.2',
    kind: 'hashedrekord',
    spec: {
      hashedRekordV002: {
        data: {
          algorithm: 'SHA2_256',
          digest: hash('sha256', signed, 'base64'),
        },
        signature: {
          content: envelope.signatures[0].sig,
          verifier: { keyDetails: 'PKIX_ECDSA_P256_SHA_256', ...verifier },
        },
      },
    },
  };
  return Buffer.from(canonicalJson(body));
}
