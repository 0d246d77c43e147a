/**
 * The owners and publishers of each scope. Claims and successions of keys are taken in log order.
 */
import type { Digest } from '../../skill/digest.ts';
import type { Scope } from '../../skill/name.ts';
import type { Identity, PublicKey, ScopePredicate } from '../../statement/attestation.ts';
import { identityId } from '../../statement/identity-id.ts';
import type { FrozenStatement } from './frozen-statement.ts';

interface Standing {
  readonly identity: Identity;
  readonly id: Digest;
  /** Index of the statement that gave the right. */
  readonly from: number;
  readonly lost?: number;
}

interface Claim {
  readonly from: number;
  /**
   * The owners in the statement and the later successors of their keys. A later claim names owners
   * anew.
   */
  readonly owners: Standing[];
  readonly publishers?: Standing[];
  /** Address of the scope statement. */
  readonly statement: Digest;
  /** Why the owner of the scope is unknown. */
  readonly frozen?: string;
  readonly lost?: number;
}

/**
 * When a claim or succession was declared, and the index from which it is known to depend on a key
 * that had ended earlier; from there it gives nobody a right.
 */
export interface ClaimPlace {
  readonly from: number;
  readonly lost?: number | undefined;
}

/**
 * Grows with the log; the caller leaves out ended keys. An accepted claim stays the newest for
 * good. So the end of a key never gives a scope back to an earlier owner or frees it for a
 * stranger.
 */
export class ScopeOwners {
  readonly #claims = new Map<Scope, Claim[]>();
  /** Every scope in which an identity ever had a right, so that nobody must search all scopes. */
  readonly #scopes = new Map<Digest, Set<Scope>>();
  readonly #successors = new Map<Digest, Set<Digest>>();
  /** The valid successions. */
  readonly #heirs = new Map<Digest, Set<Digest>>();
  /**
   * The successions of keys in each scope. A succession that is declared in one scope counts in no
   * other.
   */
  readonly #steps = new Map<Scope, { readonly old: Digest; readonly key: Digest }[]>();
  /** The same by key, both ways. */
  readonly #kin = new Map<Scope, Map<Digest, Set<Digest>>>();

  claim(
    { scope, owners, publishers }: ScopePredicate,
    { from, lost }: ClaimPlace,
    statement: Digest,
  ): void {
    const standing = (list: readonly Identity[]): Standing[] =>
      list.map((identity) => ({ identity, id: identityId(identity), from }));
    const named = publishers === undefined ? {} : { publishers: standing(publishers) };
    const claim: Claim = { from, ...lostAt(lost), owners: standing(owners), ...named, statement };
    this.#claims.set(scope, [...(this.#claims.get(scope) ?? []), claim]);
    for (const { id } of listsOf(claim).flat()) note(this.#scopes, id, scope);
  }

  /** From a frozen statement on, nobody owns the scope. */
  freeze({ about: { scope }, logIndex, digest, why }: FrozenStatement): undefined {
    if (scope === undefined) return;
    const claim: Claim = { from: logIndex, owners: [], statement: digest, frozen: why };
    this.#claims.set(scope, [...(this.#claims.get(scope) ?? []), claim]);
  }

  /**
   * Makes a key the successor of another in a scope, as owner, publisher or both.
   * @returns whether the key gained a right
   */
  follow(old: Digest, key: PublicKey, scope: Scope, { from, lost }: ClaimPlace): boolean {
    const isJoined = (list: readonly Standing[]): boolean =>
      list.some(({ id }) => id === old) && !list.some(({ id }) => id === key.keyId);
    const joined = listsOf(this.claimOf(scope, from)).filter(isJoined);
    if (joined.length === 0) return false;
    for (const list of joined) list.push({ identity: key, id: key.keyId, from, ...lostAt(lost) });
    note(this.#scopes, key.keyId, scope);
    note(this.#successors, old, key.keyId);
    if (lost !== undefined) return true;
    note(this.#heirs, old, key.keyId);
    const steps = this.#steps.get(scope);
    if (steps === undefined) this.#steps.set(scope, [{ old, key: key.keyId }]);
    else steps.push({ old, key: key.keyId });
    const kin = this.#kin.get(scope) ?? new Map<Digest, Set<Digest>>();
    this.#kin.set(scope, kin);
    note(kin, old, key.keyId);
    note(kin, key.keyId, old);
    return true;
  }

  /** Whether a key declared another as its successor, valid or not. */
  isSuccessor(key: Digest, of: Digest): boolean {
    return this.#successors.get(of)?.has(key) ?? false;
  }

  /** Whether a key is a direct or indirect successor of another. */
  follows(key: Digest, old: Digest): boolean {
    const reached = new Set([old]);
    for (const one of reached) for (const next of this.#heirs.get(one) ?? []) reached.add(next);
    return key !== old && reached.has(key);
  }

  /** Every identity whom a key followed in a scope, at one remove or more. */
  predecessorsOf(scope: Scope, key: Digest): Digest[] {
    const reached = new Set([key]);
    const steps = this.#steps.get(scope) ?? [];
    for (const one of reached)
      for (const step of steps) if (step.key === one) reached.add(step.old);
    return [...reached].filter((one) => one !== key);
  }

  /** The given identities with all their predecessors and successors in a scope. */
  lineOf(scope: Scope, ids: readonly Digest[]): ReadonlySet<Digest> {
    const reached = new Set(ids);
    const kin = this.#kin.get(scope);
    for (const one of reached) for (const next of kin?.get(one) ?? []) reached.add(next);
    return reached;
  }

  /** Every key that followed an identity in any scope, at one remove or more. */
  successorsOf(old: Digest): Digest[] {
    const reached = new Set([old]);
    for (const one of reached)
      for (const next of this.#successors.get(one) ?? []) reached.add(next);
    return [...reached].filter((one) => one !== old);
  }

  claimOf(scope: Scope, at: number): Claim | undefined {
    return this.#claims.get(scope)?.findLast((claim) => claim.from < at);
  }

  firstClaimOf(scope: Scope): number | undefined {
    return this.#claims.get(scope)?.[0]?.from;
  }

  /** @param known only facts known before this index; all by default */
  ownersOf(scope: Scope, at: number, known?: number): Identity[] {
    return standingIn(this.claimOf(scope, at), ({ owners }) => owners, { at, known }).map(
      ({ identity }) => identity,
    );
  }

  publishersOf(scope: Scope, at: number): Identity[] {
    const claim = this.claimOf(scope, at);
    return standingIn(claim, ({ publishers, owners }) => publishers ?? owners, { at }).map(
      ({ identity }) => identity,
    );
  }

  scopesOf(identity: Digest, at: number, known?: number): Scope[] {
    const isIn = (claim: Claim | undefined): boolean =>
      standingIn(claim, (one) => listsOf(one).flat(), { at, known }).some(
        ({ id }) => id === identity,
      );
    return [...(this.#scopes.get(identity) ?? [])].filter((scope) => isIn(this.claimOf(scope, at)));
  }

  /**
   * The index at which it became known that an identity's right in a scope was unfounded; undefined
   * when it is not.
   */
  lostOf(scope: Scope, identity: Digest, at: number): number | undefined {
    const claim = this.claimOf(scope, at);
    const standing = listsOf(claim)
      .flat()
      .filter(({ id, from }) => id === identity && from < at);
    const own = standing.some(({ lost }) => lost === undefined)
      ? undefined
      : earliest(standing.map(({ lost }) => lost));
    return earliest([claim?.lost, own]);
  }

  /**
   * Scopes in which an identity is what it ever was at most: owner, or publisher where it never was
   * more.
   */
  keptBy(identity: Digest, at: number): Scope[] {
    const owns = (claim: Claim): boolean =>
      claim.owners.some(({ id, from }) => id === identity && from < at);
    return this.scopesOf(identity, at, at).filter((scope) => {
      const claim = this.claimOf(scope, at);
      return (
        (claim !== undefined && owns(claim)) ||
        !(this.#claims.get(scope) ?? []).some((one) => one.from < at && owns(one))
      );
    });
  }
}

function note<Value>(sets: Map<Digest, Set<Value>>, id: Digest, value: Value): void {
  sets.set(id, (sets.get(id) ?? new Set<Value>()).add(value));
}

function listsOf(claim: Claim | undefined): Standing[][] {
  return [
    ...(claim === undefined ? [] : [claim.owners]),
    ...(claim?.publishers === undefined ? [] : [claim.publishers]),
  ];
}

function standingIn(
  claim: Claim | undefined,
  listOf: (claim: Claim) => readonly Standing[],
  {
    at,
    known = Number.POSITIVE_INFINITY,
  }: { readonly at: number; readonly known?: number | undefined },
): Standing[] {
  const holds = ({ lost }: { readonly lost?: number }): boolean =>
    lost === undefined || lost >= known;
  return claim === undefined || !holds(claim)
    ? []
    : listOf(claim).filter((one) => one.from < at && holds(one));
}

function lostAt(lost: number | undefined): { readonly lost?: number } {
  return lost === undefined ? {} : { lost };
}

/** The lowest of some log indexes. */
export function earliest(indexes: readonly (number | undefined)[]): number | undefined {
  const known = indexes.flatMap((one) => one ?? []);
  return known.length === 0 ? undefined : Math.min(...known);
}
