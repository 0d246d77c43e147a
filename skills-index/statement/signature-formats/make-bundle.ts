/**
 * Assembles Sigstore bundles with an entry of the log, as a registry does.
 */
import type { Digest } from '../../skill/digest.ts';
import type { Envelope } from './envelope.ts';
import {
  type CertifiedBundle,
  type KeyedBundle,
  type PlainBundle,
  type SigstoreLogEntry,
  sigstoreBundleMediaType,
} from './sigstore-bundle.ts';

/** Makes a keyed bundle of an envelope, a key hint and a log entry. */
export function toSigstoreBundle(parts: {
  readonly envelope: Envelope;
  readonly keyHint: Digest;
  readonly entry: SigstoreLogEntry;
}): KeyedBundle {
  return {
    mediaType: sigstoreBundleMediaType,
    verificationMaterial: { publicKey: { hint: parts.keyHint }, tlogEntries: [parts.entry] },
    dsseEnvelope: parts.envelope,
  };
}

/** A certified bundle with its entry in the registry's own log. */
export function toCertifiedBundle(plain: PlainBundle, own: SigstoreLogEntry): CertifiedBundle {
  const { tlogEntries, ...material } = plain.verificationMaterial;
  return { ...plain, verificationMaterial: { ...material, tlogEntries: [own, tlogEntries[0]] } };
}
