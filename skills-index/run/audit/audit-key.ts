/**
 * The key of a host that signs how far its audit log goes, and what it reports: its form in
 * `audit-key.json`.
 */
import { createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto';
import * as v from 'valibot';
import { type Digest, digestOf, isDigest } from '../../skill/digest.ts';
import { parseJson } from '../../skill/json.ts';
import { exactObject, parseShape } from '../../skill/shape.ts';

export interface AuditKey {
  /** SHA-256 of the SPKI DER. */
  readonly keyId: Digest;
  /** SPKI PEM. */
  readonly publicKey: string;
}

export interface SigningAuditKey extends AuditKey {
  /** ECDSA over P-256 with SHA-256, DER. */
  readonly sign: (bytes: Uint8Array) => Buffer;
}

const shape = exactObject({
  schema: v.literal('skillgate.audit-key/1'),
  keyId: v.custom<Digest>(isDigest),
  publicKey: v.string(),
  privateKey: v.string(),
});

/** @throws Problem `key-file-invalid` */
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

/** A new private key in the form of its file. */
export function printAuditKey(key: KeyObject): string {
  const publicKey = createPublicKey(key.export({ type: 'pkcs8', format: 'pem' }))
    .export({ type: 'spki', format: 'pem' })
    .toString();
  const keyId = digestOf(createPublicKey(publicKey).export({ type: 'spki', format: 'der' }));
  const privateKey = key.export({ type: 'pkcs8', format: 'pem' }).toString();
  return `${JSON.stringify({ schema: 'skillgate.audit-key/1', keyId, publicKey, privateKey })}\n`;
}
