import type { Digest } from '../../skill/digest.ts';
import { predicateTypes } from '../../statement/attestation.ts';
import { identityRoundsMax } from '../limits.ts';
import type { RootFile } from '../root/root.ts';
import { whyForeignIn } from '../signatures/own-registry.ts';
import { IdentityChain } from './chain.ts';
import type { Ends } from './ends.ts';
import { firstOccurrences } from './first-occurrences.ts';
import { endsOfFrozen, type FrozenStatement } from './frozen-statement.ts';
import type { Identities, LoggedStatement } from './identities.ts';
import { MemberOrder } from './member-order.ts';

/**
 * Builds the history of identities from identity statements, and skips other kinds of statements.
 * Statements count in log order; the order of the argument does not matter.
 * @param frozen statements of the same log that cannot be verified
 */
export function chainIdentities(
  root: RootFile,
  statements: readonly LoggedStatement[],
  frozen: readonly FrozenStatement[] = [],
): Identities {
  const whyForeign = whyForeignIn(root);
  const own: LoggedStatement[] = [];
  const ignored: { digest: Digest; logIndex: number; why: string }[] = [];
  for (const logged of statements.filter(isAboutIdentity)) {
    const { digest, logIndex } = logged;
    const why = whyForeign(logged);
    if (why === undefined) own.push(logged);
    else ignored.push({ digest, logIndex, why });
  }
  const first = new Set(firstOccurrences(own));
  for (const logged of own)
    if (!first.has(logged)) {
      const { digest, logIndex } = logged;
      ignored.push({ digest, logIndex, why: 'its signer logged the same statement before' });
    }
  const ordered = [...first, ...frozen].sort((a, b) => a.logIndex - b.logIndex);
  // A key may be ended retroactively, from an earlier log index. Then statements that the key
  // signed since lose their effect, and so does everything that depends on these statements. The
  // computation repeats until no end is added. The computation terminates because ends are only
  // added. Two keys that end each other are both ended, because a doubtful right is no right.
  let ends: Ends = endsOfFrozen(frozen);
  const order = new MemberOrder();
  for (let round = 0; ; round++) {
    const chain = new IdentityChain(root, ends, order);
    chain.ignored.push(...ignored);
    for (const logged of ordered) chain.add(logged);
    order.close();
    if (round >= identityRoundsMax || countOf(chain.ends) === countOf(ends)) return chain;
    ends = chain.ends;
  }
}

function isAboutIdentity({ statement }: LoggedStatement): boolean {
  const { predicateType } = statement;
  const { member, scope, key, revocation } = predicateTypes;
  if (predicateType === revocation) return 'publisher' in statement.predicate.target;
  return predicateType === member || predicateType === scope || predicateType === key;
}

function countOf({ members, keys }: Ends): number {
  return members.size + keys.size;
}
