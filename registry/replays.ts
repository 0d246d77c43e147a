/** A statement that was logged before and comes again: harmless while it says what still holds, and otherwise refused in so many words. */
import { canonicalJson } from '../skills-index/skill/canonical-json.ts';
import { Problem } from '../skills-index/skill/problem.ts';
import { predicateTypes, type RevocationPredicate, type Statement } from '../skills-index/statement/attestation.ts';
import type { Registry } from './context.ts';
import { readIdentities } from './identities.ts';
import { stateAfter, versionsMeant } from './revocations.ts';
import type { State } from './status.ts';

/**
 * Refuses the twin of a logged statement that something newer has overtaken: answering with the old entry would look like a deed.
 * @throws Problem `statement-replayed`
 */
export async function refuseOvertaken(registry: Registry, statement: Statement, logIndex: number): Promise<void> {
  const overtaken =
    statement.predicateType === predicateTypes.revocation
      ? !(await stillHolds(registry, statement.predicate))
      : await isFollowed(registry, statement, logIndex);
  if (overtaken) {
    throw new Problem(
      'statement-replayed',
      `This statement is in the log at index ${logIndex}, and no longer what was said last`,
    );
  }
}

async function stillHolds(registry: Registry, { kind, target }: RevocationPredicate): Promise<boolean> {
  const indexed: readonly State[] = ['approved', 'suspended', 'revoked'];
  const meant = await versionsMeant(registry, target, kind);
  return meant.every(({ status }) => status === stateAfter[kind] || !indexed.includes(status));
}

async function isFollowed(registry: Registry, statement: Statement, logIndex: number): Promise<boolean> {
  const about = aboutOf(statement);
  if (about === undefined) return false;
  const { statements } = await readIdentities(registry);
  // The same words signed by another administrator are a vote for it.
  const words = canonicalJson(statement);
  return statements.some(
    (one) => one.logIndex > logIndex && aboutOf(one.statement) === about && canonicalJson(one.statement) !== words,
  );
}

/** Whom or what an identity statement is about. */
function aboutOf(statement: Statement): string | undefined {
  switch (statement.predicateType) {
    case predicateTypes.member: {
      const { key, passkey } = statement.predicate;
      return `member ${key?.keyId ?? passkey?.credentialId}`;
    }
    case predicateTypes.scope:
      return `scope ${statement.predicate.scope}`;
    case predicateTypes.key:
      return `key ${statement.predicate.key.keyId}`;
    default:
      return undefined;
  }
}
