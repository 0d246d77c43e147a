/**
 * A timestamp of a signature from any RFC 3161 authority. The client of @sigstore/sign uses a JSON
 * form that only Sigstore's own authority accepts.
 */
import { createHash } from 'node:crypto';
import type { Witness } from '@sigstore/sign';
import { askSigningService, type SigningWorld } from './signing-service.ts';

// TimeStampReq (RFC 3161 §2.4.1): version 1, SHA-256, then the imprint. No nonce, because the
// stamped signature is random itself.
const head = Buffer.from('30360201013031300d060960864801650304020105000420', 'hex');

/** Requests a timestamp of the signature. Throws Problem `signing-service-failed`. */
export function timestampWitness(world: SigningWorld, url: string): Witness {
  return {
    testify: async (content) => {
      const signature =
        content.$case === 'dsseEnvelope'
          ? content.dsseEnvelope.signatures[0]?.sig
          : content.messageSignature.signature;
      const imprint = createHash('sha256')
        .update(signature ?? '')
        .digest();
      const signedTimestamp = await askSigningService(world, {
        what: 'timestamp authority',
        url,
        headers: {
          'content-type': 'application/timestamp-query',
          accept: 'application/timestamp-reply',
        },
        body: Buffer.concat([head, imprint]),
      });
      return { rfc3161Timestamps: [{ signedTimestamp }] };
    },
  };
}
