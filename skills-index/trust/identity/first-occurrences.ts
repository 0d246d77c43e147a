/** Removes repeated statements: logging a statement twice does not make it two statements. */
import { canonicalJson } from '../../skill/canonical-json.ts';
import type { LoggedStatement } from './identities.ts';

/**
 * Keeps each statement of a signer only at its first log index. Otherwise the log's operator could
 * repeat an overtaken lift or enrolment. A signer who means the statement again signs a new nonce.
 */
export function firstOccurrences<
  One extends Pick<LoggedStatement, 'statement' | 'signer' | 'logIndex'>,
>(statements: readonly One[]): One[] {
  const said = new Set<string>();
  return [...statements]
    .sort((a, b) => a.logIndex - b.logIndex)
    .filter(({ statement, signer }) => {
      const words = `${signer} ${canonicalJson(statement)}`;
      return !said.has(words) && said.add(words);
    });
}
