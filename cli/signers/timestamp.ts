/**
 * A timestamp over a signature, from any RFC 3161 authority: the client of @sigstore/sign speaks a
 * JSON that only Sigstore's own takes.
 */
import { createHash } from 'node:crypto';
import type { Witness } from '@sigstore/sign';
import { askSigningService, type SigningWorld } from './signing-service.ts';

// TimeStampReq (RFC 3161 §2.4.1): version 1, SHA-256, the imprint follows. No nonce: what is
// stamped is random itself.
const head = Buffer.from('30360201013031300d060960864801650304020105000420', 'hex');

/** Has the signature stamped. Throws Problem `signing-service-failed`. */
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
