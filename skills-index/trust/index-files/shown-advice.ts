/**
 * Reads the advice that an index line hints at. The registry signs no hint, so only the statement
 * of an author of the scope says something.
 */
import { type SkillName, scopeOf } from '../../skill/name.ts';
import { Problem } from '../../skill/problem.ts';
import { parseJson } from '../../skill/text/json.ts';
import { predicateTypes } from '../../statement/attestation.ts';
import type { Identities } from '../members-and-scopes/identities.ts';
import { matchedIdentity } from '../members-and-scopes/match.ts';
import { whyForeignIn } from '../signatures/own-registry.ts';
import { type VerifyOptions, verifyStatement } from '../signatures/verify-statement.ts';
import type { AdviceHint, IndexLine } from './index-line.ts';

export interface AuthorAdvice {
  readonly reason: string;
  readonly replacement?: SkillName;
}

/**
 * The advice in the Sigstore bundle at the hinted log index.
 * @throws Problem `statement-invalid` unless an owner or publisher of the scope gave this advice
 * about this version; and as `verifyStatement`
 */
export function readAuthorAdvice(
  bytes: Uint8Array,
  hinted: {
    readonly line: IndexLine;
    readonly kind: keyof AdviceHint;
    readonly identities: Identities;
  },
  options: VerifyOptions,
): AuthorAdvice {
  const { line, kind, identities } = hinted;
  const logged = verifyStatement(parseJson(bytes, 'the advice').value, options);
  const { statement, logIndex } = logged;
  const scope = scopeOf(line.name);
  const authors = [
    ...identities.ownersOf(scope, logIndex),
    ...identities.publishersOf(scope, logIndex),
  ];
  if (
    statement.predicateType !== predicateTypes.advice ||
    statement.predicate.name !== line.name ||
    statement.predicate.version !== line.version ||
    statement.predicate.kind !== kind ||
    logIndex !== line.advice?.[kind] ||
    whyForeignIn(options.root)(logged) !== undefined ||
    matchedIdentity(authors, logged) === undefined
  )
    throw new Problem('statement-invalid', 'No author of the scope gave this advice');
  const { reason, replacement } = statement.predicate;
  return { reason, ...(replacement === undefined ? {} : { replacement }) };
}
