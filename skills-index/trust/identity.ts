import { predicateTypes } from '../statement/attestation.ts';
import { IdentityChain } from './identity/chain.ts';
import type { Ends } from './identity/ends.ts';
import { firstOccurrences } from './identity/first-occurrences.ts';
import { endsOfFrozen, type FrozenStatement } from './identity/frozen-statement.ts';
import type { Identities, LoggedStatement } from './identity/identities.ts';
import { MemberOrder } from './identity/member-order.ts';
import { identityRoundsMax } from './limits.ts';
import { whyForeignIn } from './own-registry.ts';
import type { RootFile } from './root.ts';

/**
 * Builds the history of identities from identity statements in log order; other kinds are skipped.
 * The order of the argument does not matter.
 * @param frozen statements of the same log that cannot be verified
 */
export function chainIdentities(
  root: RootFile,
  statements: readonly LoggedStatement[],
  frozen: readonly FrozenStatement[] = [],
): Identities {
  const whyForeign = whyForeignIn(root);
  const all = statements.filter(isAboutIdentity);
  const about = all.filter((one) => whyForeign(one) === undefined);
  const foreign = all.flatMap(({ digest, logIndex, statement }) => {
    const why = whyForeign({ statement, logIndex });
    return why === undefined ? [] : [{ digest, logIndex, why }];
  });
  const said = new Set(firstOccurrences(about));
  const twins = about.filter((one) => !said.has(one));
  const ordered = [...said, ...frozen].sort((a, b) => a.logIndex - b.logIndex);
  // A key may be ended retroactively, from an earlier log index. Then statements that it signed
  // since lose their effect, and so does everything that depends on them. The computation repeats
  // until nothing changes. It terminates because ends are only added. Two keys that end each other
  // are both ended, since doubt means no.
  let ends: Ends = endsOfFrozen(frozen);
  const order = new MemberOrder();
  for (let round = 0; ; round++) {
    const chain = new IdentityChain(root, ends, order);
    chain.ignored.push(...foreign);
    for (const { digest, logIndex } of twins)
      chain.ignored.push({ digest, logIndex, why: 'it was said before' });
    for (const one of ordered) chain.add(one);
    order.close();
    if (
      round >= identityRoundsMax ||
      chain.ends.members.size + chain.ends.keys.size === countOf(ends)
    )
      return chain;
    ends = chain.ends;
  }
}

function isAboutIdentity({ statement }: LoggedStatement): boolean {
  const { predicateType } = statement;
  const { member, scope, key, revocation } = predicateTypes;
  if (predicateType === revocation) return 'publisher' in statement.predicate.target;
  return predicateType === member || predicateType === scope || predicateType === key;
}

function countOf(ends: Ends): number {
  return ends.members.size + ends.keys.size;
}
