/**
 * Verifies ECDSA signatures over a digest that other code computed, because node:crypto always
 * hashes the content itself.
 */
import type { KeyObject } from 'node:crypto';
import { p256 } from '@noble/curves/nist.js';
import { type Digest, hexOf } from '../../skills-index/skill/digest.ts';
import { isP256Spki } from '../../skills-index/statement/field-shapes.ts';

/**
 * Whether this P-256 key signed the content that has this digest (ECDSA, DER). A signature has two
 * valid forms; both forms count, as in OpenSSL.
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
    // Bytes that are not a signature in DER are not a valid signature.
    return false;
  }
}
