/**
 * The mailbox key: a P-256 key for which hosts encrypt holds for an approver, and which has no
 * other use. The approver's signing key signs the mailbox key and never encrypts. So anybody who
 * reads host policy can verify that both keys belong to the same approver.
 */
import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import * as v from 'valibot';
import { exactObject } from '../../skill/shape.ts';
import { canonicalJson } from '../../skill/text/canonical-json.ts';
import { pae } from '../../statement/signature-formats/envelope.ts';

export interface MailboxKey {
  /** The mailbox key: a P-256 key, as SPKI DER in base64. */
  readonly spki: string;
  /** The signing key's signature over `mailboxKeyBytes`: ECDSA with SHA-256, DER in base64. */
  readonly signature: string;
}

const base64 = v.pipe(v.string(), v.base64('is not base64'), v.maxLength(200, 'is too long'));

/** The shape of a P-256 key: SPKI DER, in base64. */
export const spkiShape = base64;
export const mailboxKeyShape = exactObject({ spki: spkiShape, signature: base64 });

/**
 * Returns the bytes that the signing key signs: a DSSE envelope's encoding of signing key id and
 * mailbox key.
 */
export function mailboxKeyBytes(signingKeyId: string, spki: string): Uint8Array {
  const signed = { schema: 'skillgate.mailbox-key/1', signingKey: signingKeyId, mailboxKey: spki };
  return pae('application/vnd.skillgate.mailbox-key+json', Buffer.from(canonicalJson(signed)));
}

/**
 * Whether the signing key signed this mailbox key, and the signing key and the mailbox key are
 * different P-256 keys.
 */
export function isMailboxKeyOf(
  signingKey: { readonly keyId: string; readonly spki: string },
  { signature, spki }: MailboxKey,
): boolean {
  try {
    const own = readP256(Buffer.from(signingKey.spki, 'base64'));
    if (readP256(Buffer.from(spki, 'base64')).equals(own)) return false;
    return verify(
      'sha256',
      mailboxKeyBytes(signingKey.keyId, spki),
      own,
      Buffer.from(signature, 'base64'),
    );
  } catch {
    return false;
  }
}

/**
 * Whether an approver has a signing key but no mailbox key. Such a policy was written before
 * mailbox keys existed.
 */
export function lacksMailboxKey(approver: {
  readonly key?: unknown;
  readonly mailboxKey?: MailboxKey;
}): boolean {
  return approver.key !== undefined && approver.mailboxKey === undefined;
}

/** @throws Error when the bytes are not a public key on P-256 */
export function readP256(spki: Uint8Array): KeyObject {
  const key = createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' });
  if (key.asymmetricKeyDetails?.namedCurve !== 'prime256v1') throw new Error('not a P-256 key');
  return key;
}
