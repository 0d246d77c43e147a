/**
 * Checks that base64 text has its only canonical form: no white space, exact padding, unused bits
 * zero.
 */

/** Whether text is standard base64 (RFC 4648 §4) in canonical form. */
export function isBase64(text: string): boolean {
  return Buffer.from(text, 'base64').toString('base64') === text;
}

/** Whether text is unpadded base64url (RFC 4648 §5) in canonical form. */
export function isBase64url(text: string): boolean {
  return Buffer.from(text, 'base64url').toString('base64url') === text;
}
