/**
 * A private key encrypted with a passphrase by scrypt and AES-256-GCM, because every program of
 * this user can copy the file and try passphrases.
 */
import { createCipheriv, createDecipheriv, randomBytes, scryptSync } from 'node:crypto';
import * as v from 'valibot';
import { exactObject } from '../../skills-index/skill/shape.ts';

/** Shorter ones are easy to guess. */
export const passphraseCharsMin = 12;

// 128 MiB and about half a second for each guess (RFC 7914).
const cost = { N: 2 ** 17, r: 8, p: 1, maxmem: 256 * 1024 * 1024 } as const;

const base64 = v.pipe(v.string(), v.regex(/^[A-Za-z0-9+/=]{1,4000}$/, 'is not base64'));

/** The encrypted form in a key file, instead of `privateKey`. */
export const sealedKeyShape = exactObject({
  with: v.literal('scrypt-131072-8-1+aes-256-gcm'),
  salt: base64,
  nonce: base64,
  sealed: base64,
});
export type SealedKey = v.InferOutput<typeof sealedKeyShape>;

/** @param pkcs8 DER */
export function sealKey(pkcs8: Uint8Array, passphrase: string): SealedKey {
  const salt = randomBytes(16);
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', keyFrom(passphrase, salt), nonce);
  const sealed = Buffer.concat([cipher.update(pkcs8), cipher.final(), cipher.getAuthTag()]);
  const text = (bytes: Buffer): string => bytes.toString('base64');
  return {
    with: 'scrypt-131072-8-1+aes-256-gcm',
    salt: text(salt),
    nonce: text(nonce),
    sealed: text(sealed),
  };
}

/** The key as PKCS8 DER; undefined for a wrong passphrase or a changed file. */
export function openSealed(
  { nonce, salt, sealed }: SealedKey,
  passphrase: string,
): Uint8Array | undefined {
  const bytes = Buffer.from(sealed, 'base64');
  const tagBytes = 16;
  const key = keyFrom(passphrase, Buffer.from(salt, 'base64'));
  try {
    const cipher = createDecipheriv('aes-256-gcm', key, Buffer.from(nonce, 'base64'), {
      authTagLength: tagBytes,
    });
    cipher.setAuthTag(bytes.subarray(-tagBytes));
    return Buffer.concat([cipher.update(bytes.subarray(0, -tagBytes)), cipher.final()]);
  } catch {
    return undefined;
  }
}

// Normalised, because keyboards compose letters differently.
function keyFrom(passphrase: string, salt: Uint8Array): Buffer {
  return scryptSync(passphrase.normalize('NFC'), salt, 32, cost);
}
