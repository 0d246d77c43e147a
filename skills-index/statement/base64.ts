/**
 * Base64 with exactly one written form for the same bytes: no white space, exact padding, unused
 * bits zero.
 */

/** Whether text is the standard base64 (RFC 4648 §4) that we would write. */
export function isBase64(text: string): boolean {
  return Buffer.from(text, 'base64').toString('base64') === text;
}

/** Whether text is the unpadded base64url (RFC 4648 §5) that we would write. */
export function isBase64url(text: string): boolean {
  return Buffer.from(text, 'base64url').toString('base64url') === text;
}
