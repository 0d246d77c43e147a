/** Removes repeated statements: logging a statement twice does not make it two statements. */
import { canonicalJson } from '../../skill/canonical-json.ts';
import type { LoggedStatement } from './identities.ts';

/**
 * Keeps each statement of a signer only at its first log index. Otherwise the log's operator could
 * repeat an old lift or enrolment. To repeat a statement, its signer signs it with a new nonce.
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
