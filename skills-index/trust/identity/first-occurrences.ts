/** Nobody has said a thing twice because somebody else logged it twice. */
import { canonicalJson } from '../../skill/canonical-json.ts';
import type { LoggedStatement } from './identities.ts';

/**
 * Each statement of a signer at its first log index alone. A statement that was overtaken, a lift
 * or an enrolment, would else be said anew by whoever keeps the log; who means it again signs
 * another nonce.
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
