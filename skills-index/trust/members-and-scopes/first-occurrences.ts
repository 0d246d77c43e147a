/** Removes repeated statements: a statement that is logged twice is still one statement. */
import { canonicalJson } from '../../skill/text/canonical-json.ts';
import type { LoggedStatement } from './identities.ts';

/**
 * Keeps each statement of a signer only at the statement's first log index. Otherwise the log's
 * operator could repeat an old lift or enrolment. A signer who wants to repeat a statement signs
 * the statement with a new nonce.
 */
export function firstOccurrences<
  Logged extends Pick<LoggedStatement, 'statement' | 'signer' | 'logIndex'>,
>(statements: readonly Logged[]): Logged[] {
  const found = new Set<string>();
  return [...statements]
    .sort((a, b) => a.logIndex - b.logIndex)
    .filter(({ statement, signer }) => {
      const text = `${signer} ${canonicalJson(statement)}`;
      return !found.has(text) && found.add(text);
    });
}
