/**
 * An entry in a public Rekor v2 log: a hashedrekord over the digest of the bytes that DSSE signs.
 * (Rekor v2 accepts no DSSE entries since rekor-tiles 2.3.0, and the witness of @sigstore/sign 5.1
 * still sends them.)
 */
import { createHash, X509Certificate } from 'node:crypto';
import type { TransparencyLogEntry } from '@sigstore/bundle';
import type { Witness } from '@sigstore/sign';
import * as v from 'valibot';
import { pae } from '../../skills-index/statement/signature-formats/envelope.ts';
import {
  askSigningService,
  jsonAnswer,
  type SigningWorld,
  signingProblem,
} from './signing-service.ts';

/**
 * Logs DSSE envelopes that the certificate's P-256 key signed. Throws Problem
 * `signing-service-failed`.
 */
export function rekorWitness(world: SigningWorld, base: string): Witness {
  return {
    testify: async (content, certificate) => {
      if (content.$case !== 'dsseEnvelope')
        throw new TypeError('only DSSE envelopes are signed here');
      const { payload, payloadType, signatures } = content.dsseEnvelope;
      const signed = createHash('sha256').update(pae(payloadType, payload)).digest();
      const der = new X509Certificate(certificate).raw;
      return {
        tlogEntries: [
          await addEntry(world, base, {
            signed,
            signature: signatures[0]?.sig ?? Buffer.alloc(0),
            der,
          }),
        ],
      };
    },
  };
}

interface Signed {
  /** SHA-256. */
  readonly signed: Buffer;
  readonly signature: Buffer;
  readonly der: Buffer;
}

async function addEntry(
  world: SigningWorld,
  base: string,
  { signed, signature, der }: Signed,
): Promise<TransparencyLogEntry> {
  const digest = signed.toString('base64');
  const verifier = {
    x509Certificate: { rawBytes: der.toString('base64') },
    keyDetails: 'PKIX_ECDSA_P256_SHA_256',
  };
  const request = { what: 'Rekor log', url: `${base}/api/v2/log/entries` };
  const bytes = await askSigningService(world, {
    ...request,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      hashedRekordRequestV002: {
        digest,
        signature: { content: signature.toString('base64'), verifier },
      },
    }),
  });
  const parsed = v.safeParse(entryShape, jsonAnswer(bytes, request));
  if (!parsed.success) throw signingProblem(request, 'its answer is not an entry');
  // Verifiers recompute the whole entry; this check reports a wrong entry at once.
  if (!parsed.output.canonicalizedBody.includes(digest))
    throw signingProblem(request, 'its answer is another entry');
  return { ...parsed.output, integratedTime: '0', inclusionPromise: undefined };
}

const text = v.string();
const bytesOf = v.pipe(
  v.string(),
  v.transform((base64) => Buffer.from(base64, 'base64')),
);
// Protobuf's JSON omits zero and empty values: the index of the first entry, and an empty inclusion
// proof.
const entryShape = v.object({
  logIndex: v.optional(text, '0'),
  logId: v.object({ keyId: bytesOf }),
  kindVersion: v.object({ kind: v.literal('hashedrekord'), version: v.literal('0.0.2') }),
  inclusionProof: v.object({
    logIndex: v.optional(text, '0'),
    rootHash: bytesOf,
    treeSize: text,
    hashes: v.optional(v.array(bytesOf), []),
    checkpoint: v.object({ envelope: text }),
  }),
  canonicalizedBody: bytesOf,
});
