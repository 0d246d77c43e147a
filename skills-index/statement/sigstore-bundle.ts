/** A signed and logged statement as one file: Sigstore bundle v0.3 in JSON, keyed (no certificate), one log entry. */
import type { Digest } from '../skill/digest.ts';
import { Problem } from '../skill/problem.ts';
import type { Envelope } from './sign.ts';

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

/**
 * Reads a bundle's JSON in exactly our profile; nothing is verified.
 * @throws Problem `statement-invalid`
 */
export function parseSigstoreBundle(_value: unknown): SigstoreBundle {
  throw new Problem('internal', 'not written yet');
}
