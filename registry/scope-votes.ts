/** Changes of a scope that administrators of the root file have signed, and that too few of them have signed yet. Pure. */
import { canonicalJson } from '../skills-index/skill/canonical-json.ts';
import type { Digest } from '../skills-index/skill/digest.ts';
import type { Scope } from '../skills-index/skill/name.ts';
import { predicateTypes, type ScopeStatement } from '../skills-index/statement/attestation.ts';
import type { KnownIdentities } from './identities.ts';
import { latest } from './identities.ts';

export interface ScopeVotes {
  /** The statement that each of them signs, word for word. */
  readonly change: ScopeStatement['predicate'];
  /** Key ids of those who signed it, in log order. */
  readonly by: readonly Digest[];
}

/** Votes on a scope as it stands; a change that was voted through is no longer among them. */
export function pendingVotes({ chain, statements }: KnownIdentities, scope: Scope): ScopeVotes[] {
  const standing = chain.scopeStatementOf(scope, latest);
  const ignored = new Set(chain.ignored.map(({ digest }) => digest));
  const votes = new Map<string, { change: ScopeStatement['predicate']; by: Digest[] }>();
  for (const { statement, signer, digest } of statements) {
    if (statement.predicateType !== predicateTypes.scope || ignored.has(digest)) continue;
    const { predicate } = statement;
    if (predicate.scope !== scope || predicate.previous === undefined || predicate.previous !== standing) continue;
    const text = canonicalJson(predicate);
    const known = votes.get(text) ?? { change: predicate, by: [] };
    votes.set(text, { ...known, by: [...known.by, signer] });
  }
  return [...votes.values()];
}
