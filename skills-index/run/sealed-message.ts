/** Bytes that one P-256 key alone can read: ECDH with a key made for this message, HKDF-SHA256, AES-256-GCM. Chance is given. */
import { createCipheriv, createDecipheriv, createPublicKey, diffieHellman, hkdfSync, type KeyObject } from 'node:crypto';
import * as v from 'valibot';
import { exactObject } from '../skill/shape.ts';

export interface SealedMessage {
  /** Public part of the key that was made for it: SPKI DER, base64. */
  readonly ephemeral: string;
  /** Ciphertext and tag, base64. */
  readonly sealed: string;
}

const base64 = (charsMax: number) => v.pipe(v.string(), v.base64('is not base64'), v.maxLength(charsMax, 'is too long'));

/** A P-256 key in SPKI DER, base64. */
export const spkiShape = base64(200);
export const sealedShape = exactObject({ ephemeral: spkiShape, sealed: base64(20_000) });

/** Lengths tell little: what is sealed has a multiple of so many bytes. */
const paddedBytes = 1_024;
const tagBytes = 16;

/**
 * @param text JSON: it is padded with spaces
 * @param to SPKI DER of who may read it
 * @param made a private key that is used for nothing else
 * @param about what it belongs to: with other words it does not open
 */
export function sealMessage(text: string, to: Uint8Array, made: KeyObject, about: string): SealedMessage {
  const plain = Buffer.from(text);
  const padded = Buffer.alloc(Math.ceil(plain.length / paddedBytes) * paddedBytes, ' ');
  plain.copy(padded);
  const ephemeral = createPublicKey(made).export({ type: 'spki', format: 'der' });
  const shared = diffieHellman({ privateKey: made, publicKey: readPublicKey(to) });
  const { key, nonce } = keysFrom(shared, ephemeral, to);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(about));
  const sealed = Buffer.concat([cipher.update(padded), cipher.final(), cipher.getAuthTag()]);
  return { ephemeral: ephemeral.toString('base64'), sealed: sealed.toString('base64') };
}

/**
 * The text; undefined when it is for another key, about something else, or was changed.
 * @param own SPKI DER of who reads
 * @param agree the secret that the reader's key shares with another one
 */
export async function openMessage(
  { ephemeral, sealed }: SealedMessage,
  own: Uint8Array,
  agree: (other: KeyObject) => Promise<Uint8Array>,
  about: string,
): Promise<string | undefined> {
  try {
    const [made, bytes] = [Buffer.from(ephemeral, 'base64'), Buffer.from(sealed, 'base64')];
    const { key, nonce } = keysFrom(await agree(readPublicKey(made)), made, own);
    const cipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: tagBytes }).setAAD(Buffer.from(about));
    cipher.setAuthTag(bytes.subarray(-tagBytes));
    return Buffer.concat([cipher.update(bytes.subarray(0, -tagBytes)), cipher.final()])
      .toString('utf8')
      .trimEnd();
  } catch {
    return undefined;
  }
}

/** @throws Error unless it is a point on P-256 */
export function readPublicKey(spki: Uint8Array): KeyObject {
  const key = createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' });
  if (key.asymmetricKeyDetails?.namedCurve !== 'prime256v1') throw new Error('not a P-256 key');
  return key;
}

// The key that was made is used once, so key and nonce are too.
function keysFrom(shared: Uint8Array, ephemeral: Uint8Array, to: Uint8Array): { key: Buffer; nonce: Buffer } {
  const bytes = Buffer.from(hkdfSync('sha256', shared, Buffer.concat([ephemeral, to]), 'skillgate.sealed-message/1', 44));
  return { key: bytes.subarray(0, 32), nonce: bytes.subarray(32) };
}
