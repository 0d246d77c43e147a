/** Gathers the statements of a log that concern identities or stop versions. */
import { purlOf } from '../../skill/name.ts';
import {
  predicateTypes,
  type RevocationStatement,
  type RevocationTarget,
} from '../../statement/attestation.ts';
import type { TrustStatements } from '../index-files/judge-line.ts';
import type { FrozenStatement } from '../members-and-scopes/ends.ts';
import type { LoggedStatement } from '../members-and-scopes/identities.ts';
import { chainIdentities } from '../members-and-scopes/identity.ts';
import type { VerifiedStatement } from './verify-statement.ts';

export type TrustStatement = VerifiedStatement | FrozenStatement;

/**
 * Whether a replay of the log remembers a statement. A replay remembers statements about identities
 * and revocations.
 */
export function isTrustStatement({
  statement: { predicateType },
}: Pick<LoggedStatement, 'statement'>): boolean {
  const { member, scope, key, revocation } = predicateTypes;
  return ([member, scope, key, revocation] as const).some((type) => type === predicateType);
}

/**
 * Gathers the identity statements and revocations of a log.
 * @param all the statements in any order, each with a log index below the size of the replayed log
 */
export function gatherTrustStatements(
  { root, policy }: Pick<TrustStatements, 'root' | 'policy'>,
  all: readonly TrustStatement[],
): TrustStatements {
  const verified = all.filter(isVerified);
  const byTarget = new Map<string, VerifiedStatement[]>();
  for (const one of verified) {
    if (!isRevocation(one)) continue;
    const about = addressOf(one.statement.predicate.target);
    byTarget.set(about, [...(byTarget.get(about) ?? []), one]);
  }
  return {
    root,
    policy,
    identities: chainIdentities(root, verified, all.filter(isFrozen)),
    revocationsAbout: ({ bundle, name, version }) =>
      [bundle, purlOf(name, version), everyPublisher].flatMap((about) => byTarget.get(about) ?? []),
  };
}

const everyPublisher = 'publisher';

// A revocation of a publisher also concerns the publisher's successors, so each version gets all
// revocations of publishers.
function addressOf(target: RevocationTarget): string {
  if ('publisher' in target) return everyPublisher;
  return 'bundle' in target ? target.bundle : purlOf(target.name, target.version);
}

function isFrozen(one: TrustStatement): one is FrozenStatement {
  return 'why' in one;
}

function isVerified(one: TrustStatement): one is VerifiedStatement {
  return !isFrozen(one);
}

function isRevocation(
  one: VerifiedStatement,
): one is VerifiedStatement & { readonly statement: RevocationStatement } {
  return one.statement.predicateType === predicateTypes.revocation;
}
