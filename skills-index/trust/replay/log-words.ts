/**
 * What was said in a log about who is who and about versions, gathered in log order, and asked for
 * as of an index.
 */
import { purlOf } from '../../skill/name.ts';
import {
  predicateTypes,
  type RevocationStatement,
  type RevocationTarget,
} from '../../statement/attestation.ts';
import type { FrozenStatement } from '../identity/frozen-statement.ts';
import type { LoggedStatement } from '../identity/identities.ts';
import { chainIdentities } from '../identity.ts';
import type { VerifiedStatement } from '../verify-statement.ts';
import type { LogWords } from './judge-line.ts';

export type LogWord = VerifiedStatement | FrozenStatement;

/**
 * Whether a statement is one of those that a replay remembers: about who is who, or against
 * versions.
 */
export function isWord({
  statement: { predicateType },
}: Pick<LoggedStatement, 'statement'>): boolean {
  const { member, scope, key, revocation } = predicateTypes;
  return ([member, scope, key, revocation] as const).some((type) => type === predicateType);
}

/** @param all in any order, each below the size of the log that is meant */
export function wordsOf(
  { root, policy }: Pick<LogWords, 'root' | 'policy'>,
  all: readonly LogWord[],
): LogWords {
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

// A word on a publisher is about whoever follows it, too, so all of them are looked at.
function addressOf(target: RevocationTarget): string {
  if ('publisher' in target) return everyPublisher;
  return 'bundle' in target ? target.bundle : purlOf(target.name, target.version);
}

function isFrozen(one: LogWord): one is FrozenStatement {
  return 'why' in one;
}

function isVerified(one: LogWord): one is VerifiedStatement {
  return !isFrozen(one);
}

function isRevocation(
  one: VerifiedStatement,
): one is VerifiedStatement & { readonly statement: RevocationStatement } {
  return one.statement.predicateType === predicateTypes.revocation;
}
