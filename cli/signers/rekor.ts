/**
 * An entry in a public Rekor v2 log for a signed envelope: a hashedrekord over the digest of what DSSE signs. (Rekor v2 takes no DSSE
 * entries since rekor-tiles 2.3.0, and Sigstore's own client still sends them.)
 */
import { createHash } from 'node:crypto';
import * as v from 'valibot';
import { type Envelope, pae } from '../../skills-index/statement/sign.ts';
import type { SigstoreLogEntry } from '../../skills-index/statement/sigstore-bundle.ts';
import { askSigningService, jsonAnswer, refused, type SigningWorld } from './signing-service.ts';

const text = v.string();
// The proof may have no hashes: the first entry of a log. Protobuf's JSON then leaves the list out.
const entryShape = v.object({
  logIndex: v.optional(text, '0'),
  logId: v.object({ keyId: text }),
  kindVersion: v.object({ kind: v.literal('hashedrekord'), version: v.literal('0.0.2') }),
  inclusionProof: v.object({
    logIndex: v.optional(text, '0'),
    rootHash: text,
    treeSize: text,
    hashes: v.optional(v.array(text), []),
    checkpoint: v.object({ envelope: text }),
  }),
  canonicalizedBody: text,
});

/** The entry as bundles carry it (TransparencyLogEntry); its proof is not verified. @throws Problem `signing-service` */
export async function logInRekor(
  world: SigningWorld,
  base: string,
  envelope: Envelope,
  certificate: Uint8Array,
): Promise<SigstoreLogEntry> {
  const digest = createHash('sha256')
    .update(pae(envelope.payloadType, Buffer.from(envelope.payload, 'base64')))
    .digest('base64');
  const signature = {
    content: envelope.signatures[0].sig,
    verifier: {
      x509Certificate: { rawBytes: Buffer.from(certificate).toString('base64') },
      keyDetails: 'PKIX_ECDSA_P256_SHA_256',
    },
  };
  const request = { what: 'Rekor log', url: `${base}/api/v2/log/entries` };
  const bytes = await askSigningService(world, {
    ...request,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ hashedRekordRequestV002: { digest, signature } }),
  });
  const parsed = v.safeParse(entryShape, jsonAnswer(bytes, request));
  if (!parsed.success) throw refused(request, 'its answer is not an entry');
  // Whoever verifies recomputes all of it; this is to learn now rather than later that it is another entry.
  if (!Buffer.from(parsed.output.canonicalizedBody, 'base64').includes(digest))
    throw refused(request, 'its answer is another entry');
  return { ...parsed.output, integratedTime: '0' };
}
