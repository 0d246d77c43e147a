/**
 * What a key signs to sign in: bound to one registry, so that no registry can pass another one's
 * question on as its own.
 */
import type { Digest } from '../skill/digest.ts';

export interface SessionQuestion {
  /** Fingerprint of the root file that the signer has pinned for the registry. */
  readonly root: Digest;
  /** The registry's address as the signer has it, without a slash at the end. */
  readonly base: string;
  readonly nonce: string;
}

/** The text, UTF-8 when signed. */
export function sessionText({ root, base, nonce }: SessionQuestion): string {
  return `skillgate.session/1\n${root}\n${base}\n${nonce}`;
}
