/** ECDSA over a digest that somebody else computed: node:crypto always hashes itself. */
import type { KeyObject } from 'node:crypto';
import { p256 } from '@noble/curves/nist.js';
import { type Digest, hexOf } from '../../skill/digest.ts';
import { isP256Spki } from '../../statement/field-shapes.ts';

/**
 * Whether this P-256 key signed what has this digest (ECDSA, DER). Both of the two values that fit
 * a signature count, as in OpenSSL.
 */
export function verifyDigest(key: KeyObject, digest: Digest, signature: Uint8Array): boolean {
  const spki = key.export({ format: 'der', type: 'spki' });
  if (!isP256Spki(spki)) return false;
  const options = { prehash: false, format: 'der', lowS: false } as const;
  try {
    return p256.verify(
      Uint8Array.from(signature),
      Buffer.from(hexOf(digest), 'hex'),
      spki.subarray(-65),
      options,
    );
  } catch {
    // What is not a signature at all is none.
    return false;
  }
}
