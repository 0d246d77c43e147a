import { predicateTypes } from '../statement/attestation.ts';
import { IdentityChain } from './identity/chain.ts';
import type { Ends } from './identity/ends.ts';
import { endsOfFrozen, type FrozenStatement } from './identity/frozen-statement.ts';
import type { Identities, LoggedStatement } from './identity/identities.ts';
import { MemberOrder } from './identity/member-order.ts';
import { saidOnce } from './identity/said-once.ts';
import { identityRoundsMax } from './limits.ts';
import { judgeOfRegistry } from './own-registry.ts';
import type { RootFile } from './root.ts';

/**
 * Chains identity statements in log order; statements of other kinds are passed over. The order
 * given does not matter.
 * @param frozen statements of the same log that could not be verified
 */
export function chainIdentities(
  root: RootFile,
  statements: readonly LoggedStatement[],
  frozen: readonly FrozenStatement[] = [],
): Identities {
  const whyForeign = judgeOfRegistry(root);
  const all = statements.filter(isAboutIdentity);
  const about = all.filter((one) => whyForeign(one) === undefined);
  const foreign = all.flatMap(({ digest, logIndex, statement }) => {
    const why = whyForeign({ statement, logIndex });
    return why === undefined ? [] : [{ digest, logIndex, why }];
  });
  const said = new Set(saidOnce(about));
  const twins = about.filter((one) => !said.has(one));
  const ordered = [...said, ...frozen].sort((a, b) => a.logIndex - b.logIndex);
  // A key that was ended for an index before now also loses what it signed in between, and with
  // that goes what rests on it. Ends are only ever added, so the rounds come to an end, and two
  // keys that end each other are both ended: silence means no.
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
