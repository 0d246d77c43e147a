/**
 * A second implementation of what the mailbox uses of HPKE, step by step as RFC 9180 writes it,
 * with `node:crypto` alone.
 */
import {
  createDecipheriv,
  createHmac,
  createPublicKey,
  diffieHellman,
  type KeyObject,
} from 'node:crypto';

const kemId = Buffer.from('KEM\x00\x10', 'latin1');
const hpkeId = Buffer.from('HPKE\x00\x10\x00\x01\x00\x02', 'latin1');

/** Opens what is sealed in base mode (section 5.1.1), as the first message. */
export function openByHand(enc: Buffer, ciphertext: Buffer, privateKey: KeyObject, info: Buffer) {
  const dh = diffieHellman({ privateKey, publicKey: pointKey(enc) });
  const context = Buffer.concat([enc, pointOf(createPublicKey(privateKey))]);
  const extracted = labeledExtract(kemId, '', 'eae_prk', dh);
  const sharedSecret = labeledExpand(kemId, extracted, 'shared_secret', context, 32);
  const scheduleContext = Buffer.concat([
    Buffer.from([0]),
    labeledExtract(hpkeId, '', 'psk_id_hash', Buffer.alloc(0)),
    labeledExtract(hpkeId, '', 'info_hash', info),
  ]);
  const secret = labeledExtract(hpkeId, sharedSecret, 'secret', Buffer.alloc(0));
  const key = labeledExpand(hpkeId, secret, 'key', scheduleContext, 32);
  const nonce = labeledExpand(hpkeId, secret, 'base_nonce', scheduleContext, 12);
  const cipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: 16 });
  cipher.setAuthTag(ciphertext.subarray(-16));
  return Buffer.concat([cipher.update(ciphertext.subarray(0, -16)), cipher.final()]);
}

/** The uncompressed point of a P-256 key. */
export function pointOf(key: KeyObject): Buffer {
  return key.export({ type: 'spki', format: 'der' }).subarray(-65);
}

/** A P-256 key from its uncompressed point. */
function pointKey(point: Buffer): KeyObject {
  const part = (from: number): string => point.subarray(from, from + 32).toString('base64url');
  return createPublicKey({
    key: { kty: 'EC', crv: 'P-256', x: part(1), y: part(33) },
    format: 'jwk',
  });
}

function labeledExtract(suite: Buffer, salt: Buffer | string, label: string, ikm: Buffer): Buffer {
  const labeled = Buffer.concat([Buffer.from('HPKE-v1'), suite, Buffer.from(label), ikm]);
  return createHmac('sha256', salt).update(labeled).digest();
}

function labeledExpand(
  suite: Buffer,
  prk: Buffer,
  label: string,
  info: Buffer,
  bytes: number,
): Buffer {
  const head = Buffer.from([bytes >> 8, bytes & 0xff]);
  const labeled = Buffer.concat([head, Buffer.from('HPKE-v1'), suite, Buffer.from(label), info]);
  // One block of HKDF-Expand is enough: no output is longer than a digest.
  return createHmac('sha256', prk)
    .update(labeled)
    .update(Buffer.from([1]))
    .digest()
    .subarray(0, bytes);
}
