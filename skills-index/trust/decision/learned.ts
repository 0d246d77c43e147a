/**
 * Chooses which statements a host keeps for later decisions. The list of statements in an index
 * line is unsigned, so a mirror could add unrelated statements. A host keeps only statements that a
 * version depends on; otherwise strangers could fill the memory of each host.
 */
import type { Digest } from '../../skill/digest.ts';
import { scopeOf } from '../../skill/name.ts';
import { predicateTypes, type Statement } from '../../statement/attestation.ts';
import { identityId } from '../../statement/identity-id.ts';
import type { VerifiedStatement } from '../signatures/verify-statement.ts';
import type { Evidence } from './evidence.ts';

const { member, scope, key, revocation } = predicateTypes;

/**
 * Addresses of the statements that the host keeps. A suspension is not kept, because this host
 * might never see the statement that lifts the suspension.
 */
export function learnedFrom({ input, statements, known, identities }: Evidence): Digest[] {
  const ignored = new Set(identities.ignored.map(({ digest }) => digest));
  const counted = [...statements, ...known]
    .filter(({ digest }) => !ignored.has(digest))
    .sort((a, b) => a.logIndex - b.logIndex);
  const own = scopeOf(input.line.name);
  const isOfScope = (statement: Statement): boolean =>
    statement.predicateType === scope && statement.predicate.scope === own;
  const people = identitiesBehind(counted, isOfScope);
  const isKept = (statement: Statement): boolean => {
    switch (statement.predicateType) {
      case member:
        return true;
      case scope:
        return isOfScope(statement);
      case key:
        return (
          people.has(statement.predicate.key.keyId) ||
          people.has(statement.predicate.replaces ?? '')
        );
      case revocation:
        return statement.predicate.kind === 'revoked';
      default:
        return false;
    }
  };
  return statements.flatMap(({ statement, digest }) =>
    isKept(statement) && !ignored.has(digest) ? [digest] : [],
  );
}

// The members, every owner and publisher of the scope, and the successors of their keys. In the
// order of the log, a key comes before the key's successor.
function identitiesBehind(
  counted: readonly VerifiedStatement[],
  isOfScope: (statement: Statement) => boolean,
): ReadonlySet<string> {
  const people = new Set<string>();
  for (const { statement } of counted) {
    if (statement.predicateType === member && statement.predicate.key !== undefined)
      people.add(statement.predicate.key.keyId);
    if (statement.predicateType === scope && isOfScope(statement))
      for (const one of [...statement.predicate.owners, ...(statement.predicate.publishers ?? [])])
        people.add(identityId(one));
    if (statement.predicateType === key && people.has(statement.predicate.replaces ?? ''))
      people.add(statement.predicate.key.keyId);
  }
  return people;
}
