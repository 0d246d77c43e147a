/** Who owns which scope and who publishes in it, as claims and successions of keys are taken in log order. */
import type { Digest } from '../skill/digest.ts';
import type { Scope } from '../skill/name.ts';
import type { Identity, PublicKey, ScopePredicate } from '../statement/attestation.ts';
import { identityId } from '../statement/identity-id.ts';
import type { FrozenStatement } from './frozen-statement.ts';

interface Standing {
  readonly identity: Identity;
  readonly id: Digest;
  /** Index of the statement that made it one. */
  readonly from: number;
}

interface Claim {
  readonly from: number;
  /** Those that it names, and the keys that followed them since. A later claim names them anew. */
  readonly owners: Standing[];
  readonly publishers?: Standing[];
  /** Address of the scope statement. */
  readonly statement: Digest;
  /** Why it is not known who owns the scope. */
  readonly frozen?: string;
}

/** Grows with the log; a key that was ended is for the caller to leave out. */
export class ScopeOwners {
  readonly #claims = new Map<Scope, Claim[]>();
  /** Every scope that an identity ever stood in, so that nobody has to look through all scopes. */
  readonly #scopes = new Map<Digest, Set<Scope>>();
  readonly #successors = new Map<Digest, Set<Digest>>();
  /** The keys that followed others, in each scope: what somebody says of their own scope counts in no other. */
  readonly #steps = new Map<Scope, { readonly old: Digest; readonly key: Digest }[]>();

  claim({ scope, owners, publishers }: ScopePredicate, from: number, statement: Digest): void {
    const standing = (list: readonly Identity[]): Standing[] =>
      list.map((identity) => ({ identity, id: identityId(identity), from }));
    const named = publishers === undefined ? {} : { publishers: standing(publishers) };
    const claim: Claim = { from, owners: standing(owners), ...named, statement };
    this.#claims.set(scope, [...(this.#claims.get(scope) ?? []), claim]);
    for (const { id } of listsOf(claim).flat()) this.#note(id, scope);
  }

  /** From such a statement on nobody owns the scope that it is about. */
  freeze({ about: { scope }, logIndex, digest, why }: FrozenStatement): undefined {
    if (scope === undefined) return;
    const claim: Claim = { from: logIndex, owners: [], statement: digest, frozen: why };
    this.#claims.set(scope, [...(this.#claims.get(scope) ?? []), claim]);
  }

  /**
   * A key follows another one in each of these scopes, as owner, as publisher or as both.
   * @returns whether that made it anything that it was not
   */
  follow(old: Digest, key: PublicKey, from: number, scopes: readonly Scope[]): boolean {
    const isJoined = (list: readonly Standing[]): boolean =>
      list.some(({ id }) => id === old) && !list.some(({ id }) => id === key.keyId);
    const joined = scopes.flatMap((scope) => {
      const lists = listsOf(this.claimOf(scope, from)).filter(isJoined);
      if (lists.length > 0) this.#steps.set(scope, [...(this.#steps.get(scope) ?? []), { old, key: key.keyId }]);
      return lists;
    });
    for (const list of joined) list.push({ identity: key, id: key.keyId, from });
    for (const scope of scopes) this.#note(key.keyId, scope);
    if (joined.length > 0) this.#successors.set(old, new Set(this.#successors.get(old)).add(key.keyId));
    return joined.length > 0;
  }

  isSuccessor(key: Digest, of: Digest): boolean {
    return this.#successors.get(of)?.has(key) ?? false;
  }

  /** Whether a key is another one's successor, or its successor's, and so on. */
  follows(key: Digest, old: Digest): boolean {
    return this.successorsOf(old).includes(key);
  }

  /** Every identity whom a key followed in a scope, at one remove or more. */
  predecessorsOf(scope: Scope, key: Digest): Digest[] {
    const reached = new Set([key]);
    const steps = this.#steps.get(scope) ?? [];
    for (const one of reached) for (const step of steps) if (step.key === one) reached.add(step.old);
    return [...reached].filter((one) => one !== key);
  }

  /** These and all whom they followed in a scope, or who followed those. */
  lineOf(scope: Scope, ids: readonly Digest[]): ReadonlySet<Digest> {
    const reached = new Set(ids);
    const steps = this.#steps.get(scope) ?? [];
    for (const one of reached) for (const { old, key } of steps) if (one === old || one === key) reached.add(old).add(key);
    return reached;
  }

  /** Every key that followed an identity in any scope, at one remove or more. */
  successorsOf(old: Digest): Digest[] {
    const reached = new Set([old]);
    for (const one of reached) for (const next of this.#successors.get(one) ?? []) reached.add(next);
    return [...reached].filter((one) => one !== old);
  }

  claimOf(scope: Scope, at: number): Claim | undefined {
    return this.#claims.get(scope)?.findLast((claim) => claim.from < at);
  }

  firstClaimOf(scope: Scope): number | undefined {
    return this.#claims.get(scope)?.[0]?.from;
  }

  ownersOf(scope: Scope, at: number): Identity[] {
    return identitiesOf(this.claimOf(scope, at)?.owners, at);
  }

  publishersOf(scope: Scope, at: number): Identity[] {
    const claim = this.claimOf(scope, at);
    return identitiesOf(claim?.publishers ?? claim?.owners, at);
  }

  scopesOf(identity: Digest, at: number): Scope[] {
    const isIn = (list: readonly Standing[]): boolean => list.some(({ id, from }) => id === identity && from < at);
    return [...(this.#scopes.get(identity) ?? [])].filter((scope) => listsOf(this.claimOf(scope, at)).some(isIn));
  }

  #note(id: Digest, scope: Scope): void {
    const scopes = this.#scopes.get(id) ?? new Set();
    this.#scopes.set(id, scopes.add(scope));
  }
}

function listsOf(claim: Claim | undefined): Standing[][] {
  return [...(claim === undefined ? [] : [claim.owners]), ...(claim?.publishers === undefined ? [] : [claim.publishers])];
}

function identitiesOf(list: readonly Standing[] | undefined, at: number): Identity[] {
  return (list ?? []).filter(({ from }) => from < at).map(({ identity }) => identity);
}
