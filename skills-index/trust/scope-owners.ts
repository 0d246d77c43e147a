/** Who owns which scope, as claims and successions of keys are taken in log order. */
import type { Digest } from '../skill/digest.ts';
import type { Scope } from '../skill/name.ts';
import type { PublicKey } from '../statement/attestation.ts';

interface Owner {
  readonly key: PublicKey;
  /** Index of the statement that made it one. */
  readonly from: number;
}

interface Claim {
  readonly from: number;
  /** Those that it names, and the keys that followed them since. A later claim names its owners anew. */
  readonly owners: Owner[];
  /** Address of the scope statement. */
  readonly statement: Digest;
}

/** Grows with the log; a key that was ended is for the caller to leave out. */
export class ScopeOwners {
  readonly #claims = new Map<Scope, Claim[]>();
  /** Every scope that a key ever owned, so that nobody has to look through all scopes. */
  readonly #scopes = new Map<Digest, Set<Scope>>();
  readonly #successors = new Map<Digest, Set<Digest>>();

  claim(scope: Scope, owners: readonly PublicKey[], from: number, statement: Digest): void {
    const claim = { from, owners: owners.map((key) => ({ key, from })), statement };
    this.#claims.set(scope, [...(this.#claims.get(scope) ?? []), claim]);
    for (const { keyId } of owners) this.#note(keyId, scope);
  }

  /**
   * A key follows another one in each of these scopes.
   * @returns whether that made it an owner of any
   */
  follow(old: Digest, key: PublicKey, from: number, scopes: readonly Scope[]): boolean {
    const claims = scopes.flatMap((scope) => this.claimOf(scope, from) ?? []);
    const joined = claims.filter((claim) => !claim.owners.some((owner) => owner.key.keyId === key.keyId));
    for (const claim of joined) claim.owners.push({ key, from });
    for (const scope of scopes) this.#note(key.keyId, scope);
    if (joined.length > 0) this.#successors.set(old, new Set(this.#successors.get(old)).add(key.keyId));
    return joined.length > 0;
  }

  isSuccessor(key: Digest, of: Digest): boolean {
    return this.#successors.get(of)?.has(key) ?? false;
  }

  claimOf(scope: Scope, at: number): Claim | undefined {
    return this.#claims.get(scope)?.findLast((claim) => claim.from < at);
  }

  firstClaimOf(scope: Scope): number | undefined {
    return this.#claims.get(scope)?.[0]?.from;
  }

  ownersOf(scope: Scope, at: number): PublicKey[] {
    const owners = this.claimOf(scope, at)?.owners ?? [];
    return owners.filter(({ from }) => from < at).map(({ key }) => key);
  }

  scopesOf(keyId: Digest, at: number): Scope[] {
    const scopes = [...(this.#scopes.get(keyId) ?? [])];
    return scopes.filter((scope) => this.ownersOf(scope, at).some((owner) => owner.keyId === keyId));
  }

  #note(keyId: Digest, scope: Scope): void {
    const scopes = this.#scopes.get(keyId) ?? new Set();
    this.#scopes.set(keyId, scopes.add(scope));
  }
}
