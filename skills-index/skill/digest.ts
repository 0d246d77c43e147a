/** SHA-256 digests identify bytes. A digest is written as `sha256:` and 64 hexadecimal digits. */
import { hash } from 'node:crypto';
import { Problem } from './problem.ts';

declare const digestBrand: unique symbol;
export type Digest = string & { readonly [digestBrand]: true };

const digestForm = /^sha256:[0-9a-f]{64}$/;

/** The digest of bytes, or of the UTF-8 form of a string. */
export function digestOf(content: Uint8Array | string): Digest {
  return `sha256:${hash('sha256', content)}` as Digest;
}

/**
 * Parses a digest of the form `sha256:…`.
 * @throws Problem `digest-invalid`
 */
export function parseDigest(text: unknown): Digest {
  if (isDigest(text)) return text;
  const bare = typeof text === 'string' ? `sha256:${text}` : undefined;
  throw new Problem('digest-invalid', `Not a digest: ${JSON.stringify(text)?.slice(0, 80)}`, {
    ...(isDigest(bare) ? { hint: `Write sha256: before it: ${bare}` } : {}),
  });
}

export function isDigest(text: unknown): text is Digest {
  return typeof text === 'string' && digestForm.test(text);
}

/** The 64 hexadecimal digits of a digest, without `sha256:`. */
export function hexOf(digest: Digest): string {
  return digest.slice('sha256:'.length);
}
