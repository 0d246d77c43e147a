/**
 * Who owns which scope and who publishes in it, as claims and successions of keys are taken in log
 * order.
 */
import type { Digest } from '../../skill/digest.ts';
import type { Scope } from '../../skill/name.ts';
import type { Identity, PublicKey, ScopePredicate } from '../../statement/attestation.ts';
import { identityId } from '../../statement/identity-id.ts';
import type { FrozenStatement } from './frozen-statement.ts';

interface Standing {
  readonly identity: Identity;
  readonly id: Digest;
  /** Index of the statement that made it one. */
  readonly from: number;
  readonly lost?: number;
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
  readonly lost?: number;
}

/**
 * When a claim or succession was said, and from which index on it is known to rest on a key that
 * had ended before: then it stands for nobody.
 */
export interface ClaimPlace {
  readonly from: number;
  readonly lost?: number | undefined;
}

/**
 * Grows with the log; a key that was ended is for the caller to leave out. A claim that was taken
 * once stays the newest one for good, so that no end of a key gives a scope back to whom it
 * belonged before, or to whoever comes next.
 */
export class ScopeOwners {
  readonly #claims = new Map<Scope, Claim[]>();
  /** Every scope that an identity ever stood in, so that nobody has to look through all scopes. */
  readonly #scopes = new Map<Digest, Set<Scope>>();
  readonly #successors = new Map<Digest, Set<Digest>>();
  /** Of the successions those that hold. */
  readonly #heirs = new Map<Digest, Set<Digest>>();
  /**
   * The keys that followed others, in each scope: what somebody says of their own scope counts in
   * no other.
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

  /** From such a statement on nobody owns the scope that it is about. */
  freeze({ about: { scope }, logIndex, digest, why }: FrozenStatement): undefined {
    if (scope === undefined) return;
    const claim: Claim = { from: logIndex, owners: [], statement: digest, frozen: why };
    this.#claims.set(scope, [...(this.#claims.get(scope) ?? []), claim]);
  }

  /**
   * A key follows another one in a scope, as owner, as publisher or as both.
   * @returns whether that made it anything that it was not
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

  /** Whether a key was named as another one's successor by it, whatever became of that. */
  isSuccessor(key: Digest, of: Digest): boolean {
    return this.#successors.get(of)?.has(key) ?? false;
  }

  /** Whether a key is another one's successor, or its successor's, and so on. */
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

  /** These and all whom they followed in a scope, or who followed those. */
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

  /** @param known what came to be known of it before this index; all by default */
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
   * Index at which it became known that an identity stood in a scope on nothing; undefined when it
   * is not known.
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
