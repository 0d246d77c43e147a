/**
 * The format of `audit-key.json`: the key with which a host signs the end of its audit log and its
 * incident reports.
 */
import { createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto';
import * as v from 'valibot';
import { type Digest, digestOf, isDigest } from '../../skill/digest.ts';
import { exactObject, parseShape } from '../../skill/shape.ts';
import { parseJson } from '../../skill/text/json.ts';

export interface AuditKey {
  /** The SHA-256 digest of the public key in SPKI DER. */
  readonly keyId: Digest;
  /** The public key, as SPKI PEM. */
  readonly publicKey: string;
}

export interface SigningAuditKey extends AuditKey {
  /** Signs bytes with ECDSA over P-256 and SHA-256. The signature is in DER. */
  readonly sign: (bytes: Uint8Array) => Buffer;
}

const shape = exactObject({
  schema: v.literal('skillgate.audit-key/1'),
  keyId: v.custom<Digest>(isDigest),
  publicKey: v.string(),
  privateKey: v.string(),
});

/** @throws Problem `key-file-invalid` when the bytes are not an audit key */
export function parseAuditKey(bytes: Uint8Array, path: string): SigningAuditKey {
  const { keyId, publicKey, privateKey } = parseShape(
    shape,
    parseJson(bytes, path),
    'key-file-invalid',
    path,
  );
  return {
    keyId,
    publicKey,
    sign: (signed) => sign('sha256', signed, createPrivateKey(privateKey)),
  };
}

/** Returns a new private key in the format of `audit-key.json`. */
export function printAuditKey(key: KeyObject): string {
  const publicKey = createPublicKey(key.export({ type: 'pkcs8', format: 'pem' }))
    .export({ type: 'spki', format: 'pem' })
    .toString();
  const keyId = digestOf(createPublicKey(publicKey).export({ type: 'spki', format: 'der' }));
  const privateKey = key.export({ type: 'pkcs8', format: 'pem' }).toString();
  return `${JSON.stringify({ schema: 'skillgate.audit-key/1', keyId, publicKey, privateKey })}\n`;
}
