/** A timestamp over a signature, from any RFC 3161 authority. */
import { createHash } from 'node:crypto';
import { askSigningService, type SigningWorld } from './signing-service.ts';

// TimeStampReq (RFC 3161 §2.4.1): version 1, SHA-256, the imprint follows. No nonce: what is stamped is random itself.
const head = Buffer.from('30360201013031300d060960864801650304020105000420', 'hex');

/** The authority's whole answer (TimeStampResp, DER). @throws Problem `signing-service` */
export async function fetchTimestamp(world: SigningWorld, url: string, signature: Uint8Array): Promise<Uint8Array> {
  return askSigningService(world, {
    what: 'timestamp authority',
    url,
    headers: { 'content-type': 'application/timestamp-query', accept: 'application/timestamp-reply' },
    body: Buffer.concat([head, createHash('sha256').update(signature).digest()]),
  });
}
