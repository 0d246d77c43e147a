/** A signed and logged statement as one file: Sigstore bundle v0.3 in JSON, keyed (no certificate), one log entry. */
import * as v from 'valibot';
import { canonicalJson } from '../skill/canonical-json.ts';
import { type Digest, digestOf, isDigest } from '../skill/digest.ts';
import { boundedList, exactObject, parseShape, unplaced } from '../skill/shape.ts';
import { isBase64 } from './base64.ts';
import { inclusionProofHashesMax } from './limits.ts';
import { type Envelope, envelopeShape } from './sign.ts';

export const sigstoreBundleMediaType = 'application/vnd.dev.sigstore.bundle.v0.3+json';

/** A transparency log entry with its inclusion proof, as in the bundle's JSON: numbers in decimal, bytes in base64. */
export interface SigstoreLogEntry {
  readonly logIndex: string;
  readonly logId: { readonly keyId: string };
  readonly kindVersion: { readonly kind: 'hashedrekord'; readonly version: '0.0.2' };
  readonly integratedTime: '0';
  readonly inclusionProof: {
    readonly logIndex: string;
    readonly rootHash: string;
    readonly treeSize: string;
    readonly hashes: readonly string[];
    readonly checkpoint: { readonly envelope: string };
  };
  readonly canonicalizedBody: string;
}

export interface SigstoreBundle {
  readonly mediaType: typeof sigstoreBundleMediaType;
  readonly verificationMaterial: {
    readonly publicKey: { readonly hint: Digest };
    readonly tlogEntries: readonly [SigstoreLogEntry];
  };
  readonly dsseEnvelope: Envelope;
}

/** Puts envelope, key hint and log entry together. */
export function toSigstoreBundle(parts: {
  readonly envelope: Envelope;
  readonly keyHint: Digest;
  readonly entry: SigstoreLogEntry;
}): SigstoreBundle {
  return {
    mediaType: sigstoreBundleMediaType,
    verificationMaterial: { publicKey: { hint: parts.keyHint }, tlogEntries: [parts.entry] },
    dsseEnvelope: parts.envelope,
  };
}

/** The bytes under which a bundle is stored, and their digest: the statement's address. */
export function addressOf(bundle: SigstoreBundle): { readonly bytes: Uint8Array; readonly digest: Digest } {
  const bytes = Buffer.from(canonicalJson(bundle));
  return { bytes, digest: digestOf(bytes) };
}

const base64 = v.pipe(v.string(), v.check(isBase64, 'is not base64 in its one form'));
const hash = v.pipe(base64, v.length(44, 'is not a SHA-256 hash in base64'));
const decimal = v.pipe(
  v.string(),
  v.check((text) => /^(0|[1-9]\d{0,15})$/.test(text) && Number.isSafeInteger(Number(text)), 'is not a number in decimal'),
);

// Exactly the profile that we write: one log entry with a proof, no promise, no time, no certificate.
const bundleShape = exactObject({
  mediaType: v.literal(sigstoreBundleMediaType),
  verificationMaterial: exactObject({
    publicKey: exactObject({ hint: v.custom<Digest>(isDigest, 'is not a key id') }),
    tlogEntries: v.strictTuple([
      exactObject({
        logIndex: decimal,
        logId: exactObject({ keyId: hash }),
        kindVersion: exactObject({ kind: v.literal('hashedrekord'), version: v.literal('0.0.2') }),
        integratedTime: v.literal('0'),
        inclusionProof: exactObject({
          logIndex: decimal,
          rootHash: hash,
          treeSize: decimal,
          hashes: boundedList(hash, inclusionProofHashesMax),
          checkpoint: exactObject({ envelope: v.string() }),
        }),
        canonicalizedBody: base64,
      }),
    ]),
  }),
  dsseEnvelope: envelopeShape,
});

/**
 * Reads a bundle's JSON in exactly our profile; nothing is verified.
 * @throws Problem `statement-invalid`
 */
export function parseSigstoreBundle(value: unknown): SigstoreBundle {
  return parseShape(bundleShape, unplaced(value, 'bundle'), 'statement-invalid', 'the Sigstore bundle');
}
