/**
 * Messages that one P-256 key can decrypt: HPKE (RFC 9180) in base mode, by the package `hpke`, so
 * that other implementations can open them.
 */
import { createPublicKey, type KeyObject } from 'node:crypto';
import { AEAD_AES_256_GCM, CipherSuite, KDF_HKDF_SHA256, KEM_DHKEM_P256_HKDF_SHA256 } from 'hpke';
import { readP256 } from '../../skills-index/run/holds/hold-policy.ts';
import type { Open, Seal } from '../../skills-index/run/holds/mailbox.ts';

/** Messages are padded to a multiple of this, so that their length tells little. */
const paddedBytes = 1_024;

const ecdh = { name: 'ECDH', namedCurve: 'P-256' } as const;
const suite = new CipherSuite(KEM_DHKEM_P256_HKDF_SHA256, KDF_HKDF_SHA256, AEAD_AES_256_GCM);

/**
 * Encrypts JSON, padded with spaces. Each call makes a random ephemeral key.
 * @param spki SPKI DER of the recipient's key
 */
export function sealFor(spki: Uint8Array): Seal {
  return async (text, about) => {
    const plain = Buffer.from(text);
    const padded = Buffer.alloc(Math.ceil(plain.length / paddedBytes) * paddedBytes, ' ');
    plain.copy(padded);
    const to = readP256(spki).toCryptoKey(ecdh, true, []);
    const { ciphertext, encapsulatedSecret } = await suite.Seal(to, padded, {
      info: Buffer.from(about),
    });
    return {
      enc: Buffer.from(encapsulatedSecret).toString('base64'),
      ciphertext: Buffer.from(ciphertext).toString('base64'),
    };
  };
}

export function openWith(privateKey: KeyObject): Open {
  const pair = {
    privateKey: privateKey.toCryptoKey(ecdh, false, ['deriveBits']),
    publicKey: createPublicKey(privateKey).toCryptoKey(ecdh, true, []),
  };
  return async ({ ciphertext, enc }, about) => {
    try {
      const info = Buffer.from(about);
      const text = await suite.Open(
        pair,
        Buffer.from(enc, 'base64'),
        Buffer.from(ciphertext, 'base64'),
        { info },
      );
      return Buffer.from(text).toString('utf8').trimEnd();
    } catch {
      return undefined;
    }
  };
}
