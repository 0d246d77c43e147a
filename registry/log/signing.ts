/** How the registry signs with PKCS8 keys, the same in Node and on workerd. */
import { createPrivateKey, type KeyObject, sign, type webcrypto } from 'node:crypto';
import type { CheckpointSigner } from '../../skills-index/log/sign-cosignature.ts';
import { type Digest, digestOf } from '../../skills-index/skill/digest.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import type { Signer } from '../../skills-index/statement/sign.ts';

/** PKCS8 PEM texts from `DIR/keys.json` or the Worker's secrets. */
export interface KeyTexts {
  /** Ed25519: signs checkpoints. */
  readonly log: string;
  /** P-256: signs status.json. */
  readonly status: string;
  /**
   * P-256: signs verification summaries, gives passkey approvals their place in the log, and may
   * suspend. It signs nothing else.
   */
  readonly registry: string;
}

export interface RegistryKeys {
  readonly log: CheckpointSigner;
  readonly status: Signer;
  readonly registry: Signer;
}

/** @throws Problem `key-file-invalid` */
export async function loadKeys(texts: KeyTexts): Promise<RegistryKeys> {
  return {
    log: await ed25519(texts.log),
    status: await p256(texts.status),
    registry: await p256(texts.registry),
  };
}

async function ed25519(pem: string): Promise<RegistryKeys['log']> {
  const { der, publicKey } = await importPair(pem, { name: 'Ed25519' });
  return ed25519Signer(createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }), publicKey);
}

/**
 * Signs in the calling thread. WebCrypto hands each signature to another thread and back, which
 * costs ten times the signature.
 * @param publicKey SPKI DER
 */
export function ed25519Signer(key: KeyObject, publicKey: Uint8Array): RegistryKeys['log'] {
  return { publicKey, sign: (bytes) => sign(null, bytes, key) };
}

async function p256(pem: string): Promise<Signer> {
  const { key, publicKey, keyId } = await importPair(pem, { name: 'ECDSA', namedCurve: 'P-256' });
  return {
    keyId,
    publicKey,
    sign: async (bytes) =>
      derOf(
        new Uint8Array(
          await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, key, Buffer.from(bytes)),
        ),
      ),
  };
}

interface ImportedPair {
  /** PKCS8 DER. */
  readonly der: Buffer;
  readonly key: webcrypto.CryptoKey;
  /** SPKI DER. */
  readonly publicKey: Uint8Array;
  readonly keyId: Digest;
}

// WebCrypto cannot derive the public half of a key. The JWK without its private member is the
// public half.
async function importPair(
  pem: string,
  algorithm: { name: string; namedCurve?: string },
): Promise<ImportedPair> {
  try {
    const der = Buffer.from(pem.replace(/-----[^-]+-----|\s/g, ''), 'base64');
    const key = await crypto.subtle.importKey('pkcs8', der, algorithm, true, ['sign']);
    const { d: _, key_ops: __, ...jwk } = await crypto.subtle.exportKey('jwk', key);
    const open = await crypto.subtle.importKey('jwk', jwk, algorithm, true, ['verify']);
    const publicKey = new Uint8Array(await crypto.subtle.exportKey('spki', open));
    return { der, key, publicKey, keyId: digestOf(publicKey) };
  } catch (cause) {
    throw new Problem(
      'key-file-invalid',
      `Cannot use a ${algorithm.name} key of the registry: it is not PKCS8 PEM of that kind`,
      { cause },
    );
  }
}

/** WebCrypto returns r‖s; statements carry ECDSA signatures as DER (RFC 3279 §2.2.3). */
function derOf(raw: Uint8Array): Uint8Array {
  const half = raw.length / 2;
  const body = Buffer.concat([derInteger(raw.subarray(0, half)), derInteger(raw.subarray(half))]);
  return Buffer.concat([Buffer.from([0x30, body.length]), body]);
}

function derInteger(bytes: Uint8Array): Buffer {
  let start = 0;
  while (start < bytes.length - 1 && bytes[start] === 0) start++;
  const digits = Buffer.from(bytes.subarray(start));
  const positive = (digits[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.from([0]), digits]) : digits;
  return Buffer.concat([Buffer.from([0x02, positive.length]), positive]);
}
