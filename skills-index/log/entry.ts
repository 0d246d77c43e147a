/** What the log holds of a statement: digest and signature in a hashedrekord 0.0.2 entry (Rekor v2), never the payload. */
import { createHash } from 'node:crypto';
import { canonicalJson } from '../skill/canonical-json.ts';
import { type Envelope, pae } from '../statement/sign.ts';

/** The canonical body of the entry for an envelope signed with a P-256 key (SPKI DER). */
export function hashedrekordBody(envelope: Envelope, spki: Uint8Array): Uint8Array {
  const signed = pae(envelope.payloadType, Buffer.from(envelope.payload, 'base64'));
  const body = {
    apiVersion: '0.0.2',
    kind: 'hashedrekord',
    spec: {
      hashedRekordV002: {
        data: { algorithm: 'SHA2_256', digest: createHash('sha256').update(signed).digest('base64') },
        signature: {
          content: envelope.signatures[0].sig,
          verifier: { keyDetails: 'PKIX_ECDSA_P256_SHA_256', publicKey: { rawBytes: Buffer.from(spki).toString('base64') } },
        },
      },
    },
  };
  return Buffer.from(canonicalJson(body));
}
