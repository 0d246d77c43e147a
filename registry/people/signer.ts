/**
 * Finds the key that signed an envelope. DSSE names no trustworthy key, so the sender names one
 * beside the envelope, and only that key is tried. The hint proves nothing: the signature does. And
 * nobody makes the registry try every known key.
 */
import type { Digest } from '../../skills-index/skill/digest.ts';
import type { PublicKey } from '../../skills-index/statement/attestation.ts';
import {
  type Envelope,
  envelopeSigner,
} from '../../skills-index/statement/signature-formats/envelope.ts';
import type { PlainBundle } from '../../skills-index/statement/signature-formats/sigstore-bundle.ts';
import { parseSignerKey } from '../log/logged-bundle.ts';

/** Keys tried on an envelope whose sender names no key. */
export const signerTriesMax = 8;

/** The request header that names the key id of the signer. */
export const keyHeader = 'skillgate-key';

/** An envelope as it was sent. */
export interface SentEnvelope {
  readonly envelope: Envelope;
  /** The signer's key id as the sender names it; nobody signed it. */
  readonly hint?: Digest | undefined;
  /** The whole bundle of a certificate-signed statement, with this envelope in it. */
  readonly bundle?: PlainBundle | undefined;
  /**
   * Counts a stranger's first claim of a scope for its network address; throws when there were too
   * many.
   */
  readonly countClaim?: () => void;
}

interface Candidates {
  /** Keys that a hint may name. */
  readonly known: ReadonlyMap<Digest, PublicKey>;
  /**
   * Keys that could have signed such a statement, the likeliest first. Without a hint, the first
   * few are tried.
   */
  readonly likely: Iterable<PublicKey>;
}

/**
 * Whether the hint names a known key that did not sign. The check is cheap and comes before any
 * parsing, so that a broken signature costs the registry no parsing.
 */
export function contradictsHint(
  { envelope, hint }: SentEnvelope,
  known: Candidates['known'],
): boolean {
  const key = hint === undefined ? undefined : known.get(hint);
  return key !== undefined && !isSignedBy(envelope, key);
}

/** The key that signed, or undefined. */
export function signerOf(
  { envelope, hint }: SentEnvelope,
  { known, likely }: Candidates,
): PublicKey | undefined {
  if (hint !== undefined) {
    const named = known.get(hint) ?? [...likely].find(({ keyId }) => keyId === hint);
    return named !== undefined && isSignedBy(envelope, named) ? named : undefined;
  }
  return envelopeSigner(envelope, firstOf(likely), parseSignerKey);
}

// The check of the hint and the search for the signer verify one envelope by one key.
const verified = new WeakMap<Envelope, PublicKey>();

function isSignedBy(envelope: Envelope, key: PublicKey): boolean {
  if (verified.get(envelope)?.spki === key.spki) return true;
  if (envelopeSigner(envelope, [key], parseSignerKey) === undefined) return false;
  verified.set(envelope, key);
  return true;
}

function firstOf(likely: Iterable<PublicKey>): PublicKey[] {
  const first = new Map<Digest, PublicKey>();
  for (const key of likely) {
    if (first.size >= signerTriesMax) break;
    first.set(key.keyId, key);
  }
  return [...first.values()];
}
