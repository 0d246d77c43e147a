/**
 * The key for which hosts seal holds for an approver: a P-256 key of its own. The approver's
 * signing key signs it and agrees with no key, so whoever reads host policy can check that both
 * belong to one approver.
 */
import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import * as v from 'valibot';
import { canonicalJson } from '../../skill/canonical-json.ts';
import { exactObject } from '../../skill/shape.ts';
import { pae } from '../../statement/sign.ts';

export interface MailboxKey {
  /** P-256, SPKI DER in base64. */
  readonly spki: string;
  /** By the signing key over `mailboxKeyBytes`: ECDSA with SHA-256, DER in base64. */
  readonly signature: string;
}

const base64 = v.pipe(v.string(), v.base64('is not base64'), v.maxLength(200, 'is too long'));

/** A P-256 key in SPKI DER, base64. */
export const spkiShape = base64;
export const mailboxKeyShape = exactObject({ spki: spkiShape, signature: base64 });

/** What the signing key signs: DSSE over both keys. */
export function mailboxKeyBytes(signingKeyId: string, spki: string): Uint8Array {
  const said = { schema: 'skillgate.mailbox-key/1', signingKey: signingKeyId, mailboxKey: spki };
  return pae('application/vnd.skillgate.mailbox-key+json', Buffer.from(canonicalJson(said)));
}

/** Whether the signing key signed this mailbox key, and both are two P-256 keys. */
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
 * Whether an approver could read messages, but host policy names no key to seal them for: it was
 * written before there were mailbox keys.
 */
export function lacksMailboxKey(approver: {
  readonly key?: unknown;
  readonly mailboxKey?: MailboxKey;
}): boolean {
  return approver.key !== undefined && approver.mailboxKey === undefined;
}

/** @throws Error unless it is a point on P-256 */
export function readP256(spki: Uint8Array): KeyObject {
  const key = createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' });
  if (key.asymmetricKeyDetails?.namedCurve !== 'prime256v1') throw new Error('not a P-256 key');
  return key;
}
