/** A finding's fingerprint stays the same while the code is the same, even when its lines move. */
import { digestOf, hexOf } from '../../skills-index/skill/digest.ts';
import { snippetCharsMax } from '../limits.ts';

/**
 * SHA-256 over rule, path, normalised snippet and occurrence, as hexadecimal digits.
 * @param snippet the text of the finding's span
 * @param occurrence 0 for the first finding of this rule, path and snippet, 1 for the next
 */
export function fingerprintOf(
  rule: string,
  path: string,
  snippet: string,
  occurrence: number,
): string {
  const normal = snippet.replace(/\s+/g, ' ').trim().slice(0, snippetCharsMax);
  return hexOf(digestOf(JSON.stringify([rule, path, normal, occurrence])));
}
