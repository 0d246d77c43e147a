/**
 * The text that a key signs to sign in to a registry. The text names one registry, so no registry
 * can pass off another registry's text as its own.
 */
import type { Digest } from '../../skill/digest.ts';

export interface SessionQuestion {
  /** Fingerprint of the root file that the signer has pinned for the registry. */
  readonly root: Digest;
  /** The registry's address in the signer's configuration, without a slash at the end. */
  readonly base: string;
  readonly nonce: string;
}

/** The text that the key signs; the signature covers the text's UTF-8 bytes. */
export function sessionText({ root, base, nonce }: SessionQuestion): string {
  return `skillgate.session/1\n${root}\n${base}\n${nonce}`;
}
