/**
 * The suspensions and revocations of publishers, which this file calls stops. Also finds the other
 * identities of a stopped publisher, so that a publisher cannot avoid a stop by another name or
 * key.
 */
import type { Digest } from '../../skill/digest.ts';
import type { Scope } from '../../skill/name.ts';
import type {
  Identity,
  PublicKey,
  RevocationPredicate,
  ScopePredicate,
} from '../../statement/attestation.ts';
import { identityId } from '../../statement/identity-id.ts';
import { whyAuthor } from './authors.ts';
import type { FrozenStatement } from './ends.ts';
import type {
  Identities,
  LoggedStatement,
  PublisherIds,
  PublisherStop,
  StopsOfPublishers,
} from './identities.ts';

type LoggedStop = Pick<RevocationPredicate, 'kind' | 'reason'> & { readonly logIndex: number };

/** The stops of publishers, to which each further log entry can add a stop. */
export class PublisherStops implements StopsOfPublishers {
  readonly #owners: ScopeOwners;
  /** Suspensions, lifts and revocations of each publisher, in log order. */
  readonly #stops = new Map<Digest, LoggedStop[]>();

  constructor(owners: ScopeOwners) {
    this.#owners = owners;
  }

  /**
   * Adds a statement about a publisher. Returns why the statement does not count; undefined when
   * the statement counts.
   */
  add(
    { kind, reason, target }: RevocationPredicate,
    { signer, logIndex }: LoggedStatement,
    chain: Identities,
  ): string | undefined {
    if (!('publisher' in target)) return 'it is about no publisher';
    if (!mayStop(chain, signer, logIndex)) return 'its signer was no reviewer or administrator';
    if (kind === 'lifted' && isBehind(chain, target.publisher, signer, logIndex))
      return 'nobody lifts their own suspension';
    const earlier = this.#stops.get(target.publisher) ?? [];
    this.#stops.set(target.publisher, [...earlier, { kind, reason, logIndex }]);
    return undefined;
  }

  /**
   * The stop that keeps a publisher from publishing, and from naming other publishers, at a log
   * index. In a scope, a stop covers all predecessors and successors of the stopped key: the key's
   * holder declared these keys, and could continue with any of them. A stop covers predecessors and
   * successors in that scope only. Otherwise somebody could declare a stranger's key as a
   * successor, be stopped, and so stop the stranger, too.
   */
  stopOn({ ids, scope }: PublisherIds, at: number): PublisherStop | undefined {
    if (scope === undefined) return this.#worst(ids, at);
    // A line of keys can be long, and mostly nobody in any line of the scope was ever stopped.
    const mayBeIn = (id: Digest): boolean => ids.includes(id) || this.#owners.isInLine(scope, id);
    if (![...this.#stops.keys()].some(mayBeIn)) return undefined;
    return this.#worst(this.#owners.lineOf(scope, ids), at);
  }

  /**
   * The stop that kept a publisher from publishing a version. A suspension that was lifted later
   * only delayed the publication, so such a suspension does not count.
   */
  stopWhenPublished(publisher: PublisherIds, at: number): PublisherStop | undefined {
    const stop = this.stopOn(publisher, at);
    return this.stopOn(publisher, Number.MAX_SAFE_INTEGER) === undefined ? undefined : stop;
  }

  /**
   * The stop on a published version: on the version's publisher, or on a key that the publisher
   * replaced.
   */
  stopOnPublished(
    publisher: Required<PublisherIds>,
    at: number,
    besides?: Digest,
  ): PublisherStop | undefined {
    return this.#worst(
      this.#withPredecessors(publisher).filter((id) => id !== besides),
      at,
    );
  }

  /**
   * Whether a stop on the publisher `stopped` also stops the versions that these identities
   * published.
   */
  isAbout(stopped: Digest, publisher: Required<PublisherIds>): boolean {
    return this.#withPredecessors(publisher).includes(stopped);
  }

  /**
   * A publisher and all successors of the publisher in any scope. A stop on the publisher can be
   * about the versions of all these identities.
   */
  heirsOf(publisher: Digest): Digest[] {
    return [publisher, ...this.#owners.successorsOf(publisher)];
  }

  #withPredecessors({ ids, scope }: Required<PublisherIds>): Digest[] {
    return [...new Set([...ids, ...ids.flatMap((id) => this.#owners.predecessorsOf(scope, id))])];
  }

  // The stop in force among several publishers. A revocation is final; otherwise the statement with
  // the highest log index counts.
  #worst(ids: Iterable<Digest>, at: number): PublisherStop | undefined {
    const active = [...ids].flatMap((id) => {
      const stops = (this.#stops.get(id) ?? []).filter(({ logIndex }) => logIndex < at);
      const last = stops.find(({ kind }) => kind === 'revoked') ?? stops.at(-1);
      return last === undefined || last.kind === 'lifted' ? [] : [{ ...last, kind: last.kind }];
    });
    return active.find(({ kind }) => kind === 'revoked') ?? active[0];
  }
}

/** Whether a key may suspend, lift and revoke at a log index. */
export function mayStop(
  identities: Pick<Identities, 'isMember'>,
  keyId: Digest,
  at: number,
): boolean {
  return (['reviewer', 'administrator'] as const).some((role) =>
    identities.isMember(keyId, role, at),
  );
}

/**
 * Whether a key's holder is a publisher, or an owner of a scope in which the publisher published.
 */
export function isBehind(chain: Identities, publisher: Digest, keyId: Digest, at: number): boolean {
  if (keyId === publisher) return true;
  const acting = { keyId, enrolled: chain.memberOf(keyId, at) };
  return chain
    .scopesOf(publisher, at)
    .some((scope) => whyAuthor(chain, { scope, signer: publisher }, acting, at) !== undefined);
}

/** Describes the stop of a publisher as a text for people. */
export function describePublisherStop({ kind, logIndex, reason }: PublisherStop): string {
  return `${kind} at log index ${logIndex}: ${reason}`;
}

// The rights that a claim and later successions of keys gave in a scope.

export interface Right {
  readonly identity: Identity;
  readonly id: Digest;
  /** Log index of the statement that gave the right. */
  readonly from: number;
  readonly lost?: number;
}

/** Rights in log order, found by identity, because a line of keys can give a scope many owners. */
export class Rights {
  readonly all: Right[] = [];
  readonly #by = new Map<Digest, Right[]>();

  constructor(rights: readonly Right[]) {
    for (const right of rights) this.add(right);
  }

  add(right: Right): void {
    this.all.push(right);
    this.#by.set(right.id, [...this.of(right.id), right]);
  }

  of(id: Digest): readonly Right[] {
    return this.#by.get(id) ?? [];
  }
}

// The owners and publishers of each scope. Claims of scopes and successions of keys are read in log
// order.

interface Claim {
  readonly from: number;
  /**
   * The owners in the claim and the later successors of the owners' keys. A later claim names all
   * owners anew.
   */
  readonly owners: Rights;
  readonly publishers?: Rights;
  /** Address of the scope statement with the claim. */
  readonly statement: Digest;
  /** Why the owner of the scope is unknown; only present in claims by a frozen statement. */
  readonly frozen?: string;
  readonly lost?: number;
}

/** The place of a claim or succession in the log. */
interface ClaimPlace {
  readonly from: number;
  /**
   * The log index from which it is known that the claim or succession depends on a key that had
   * ended earlier. From this log index on, the claim or succession gives nobody a right.
   */
  readonly lost?: number | undefined;
}

/** The successions of keys in one scope: which key replaced which key. */
interface Successions {
  readonly predecessors: Map<Digest, Set<Digest>>;
  /** The predecessors and successors of each key. */
  readonly neighbours: Map<Digest, Set<Digest>>;
}

/**
 * The claims of scopes, to which each further log entry can add a claim; the caller leaves out
 * ended keys. No end of a key removes an accepted claim. So the end of a key never gives a scope
 * back to an earlier owner, and never frees a scope for a stranger.
 */
export class ScopeOwners {
  readonly #claims = new Map<Scope, Claim[]>();
  /** Every scope in which an identity ever had a right, so that no caller searches all scopes. */
  readonly #scopes = new Map<Digest, Set<Scope>>();
  /** All keys that each key declared as its successors, with rights in a scope or without. */
  readonly #declared = new Map<Digest, Set<Digest>>();
  /** The valid successors of each key. */
  readonly #successors = new Map<Digest, Set<Digest>>();
  /** A succession of keys that is declared in one scope counts in no other scope. */
  readonly #successions = new Map<Scope, Successions>();

  claim(
    { scope, owners, publishers }: ScopePredicate,
    { from, lost }: ClaimPlace,
    statement: Digest,
  ): void {
    const rightsOf = (list: readonly Identity[]): Rights =>
      new Rights(list.map((identity) => ({ identity, id: identityId(identity), from })));
    const named = publishers === undefined ? {} : { publishers: rightsOf(publishers) };
    const claim: Claim = { from, ...lostAt(lost), owners: rightsOf(owners), ...named, statement };
    this.#claims.set(scope, [...(this.#claims.get(scope) ?? []), claim]);
    for (const { all } of listsOf(claim)) for (const { id } of all) addTo(this.#scopes, id, scope);
  }

  /** Makes a scope ownerless from the log index of a frozen statement on. */
  freeze({ about: { scope }, logIndex, digest, why }: FrozenStatement): undefined {
    if (scope === undefined) return;
    const claim: Claim = { from: logIndex, owners: new Rights([]), statement: digest, frozen: why };
    this.#claims.set(scope, [...(this.#claims.get(scope) ?? []), claim]);
  }

  /** Notes that a key's holder declared another key as the key's successor. */
  declare(old: Digest, key: Digest): void {
    addTo(this.#declared, old, key);
  }

  /** Makes a key the successor of another key in a scope, as owner, publisher or both. */
  follow(old: Digest, key: PublicKey, scope: Scope, { from, lost }: ClaimPlace): void {
    const isJoined = (list: Rights): boolean =>
      list.of(old).length > 0 && list.of(key.keyId).length === 0;
    const joined = listsOf(this.claimOf(scope, from)).filter(isJoined);
    if (joined.length === 0) return;
    for (const list of joined) list.add({ identity: key, id: key.keyId, from, ...lostAt(lost) });
    addTo(this.#scopes, key.keyId, scope);
    if (lost !== undefined) return;
    addTo(this.#successors, old, key.keyId);
    const { predecessors, neighbours } = this.#successions.get(scope) ?? {
      predecessors: new Map<Digest, Set<Digest>>(),
      neighbours: new Map<Digest, Set<Digest>>(),
    };
    this.#successions.set(scope, { predecessors, neighbours });
    addTo(predecessors, key.keyId, old);
    addTo(neighbours, old, key.keyId);
    addTo(neighbours, key.keyId, old);
  }

  /** Whether the key `of` declared another key as its successor. */
  isSuccessor(key: Digest, of: Digest): boolean {
    return this.#declared.get(of)?.has(key) ?? false;
  }

  /** Whether a key is a direct or indirect successor of another key. */
  follows(key: Digest, old: Digest): boolean {
    return key !== old && reachable([old], this.#successors).has(key);
  }

  /** Every key that a key directly or indirectly replaced in a scope. */
  predecessorsOf(scope: Scope, key: Digest): Digest[] {
    const reached = reachable([key], this.#successions.get(scope)?.predecessors);
    return [...reached].filter((id) => id !== key);
  }

  /** The given identities with all predecessors and successors of these identities in a scope. */
  lineOf(scope: Scope, ids: readonly Digest[]): ReadonlySet<Digest> {
    return reachable(ids, this.#successions.get(scope)?.neighbours);
  }

  /** Whether a key replaced a key in a scope, or was replaced there. */
  isInLine(scope: Scope, id: Digest): boolean {
    return this.#successions.get(scope)?.neighbours.has(id) ?? false;
  }

  /** Every key that an identity directly or indirectly declared as successor, in any scope. */
  successorsOf(old: Digest): Digest[] {
    return [...reachable([old], this.#declared)].filter((id) => id !== old);
  }

  claimOf(scope: Scope, at: number): Claim | undefined {
    return this.#claims.get(scope)?.findLast((claim) => claim.from < at);
  }

  firstClaimOf(scope: Scope): number | undefined {
    return this.#claims.get(scope)?.[0]?.from;
  }

  /**
   * The owners of a scope at a log index.
   * @param known only facts known before this log index count; all facts by default
   */
  ownersOf(scope: Scope, at: number, known?: number): Identity[] {
    return rightsIn(this.claimOf(scope, at), ({ owners }) => owners.all, { at, known }).map(
      ({ identity }) => identity,
    );
  }

  publishersOf(scope: Scope, at: number): Identity[] {
    const claim = this.claimOf(scope, at);
    return rightsIn(claim, ({ publishers, owners }) => (publishers ?? owners).all, { at }).map(
      ({ identity }) => identity,
    );
  }

  scopesOf(identity: Digest, at: number, known?: number): Scope[] {
    const isIn = (claim: Claim | undefined): boolean =>
      rightsIn(claim, (one) => rightsOf(one, identity), { at, known }).length > 0;
    return [...(this.#scopes.get(identity) ?? [])].filter((scope) => isIn(this.claimOf(scope, at)));
  }

  /**
   * The log index from which it is known that an identity got its right in a scope from an ended
   * key; undefined for a valid right.
   */
  lostOf(scope: Scope, identity: Digest, at: number): number | undefined {
    const claim = this.claimOf(scope, at);
    const rights = rightsOf(claim, identity).filter(({ from }) => from < at);
    const own = rights.some(({ lost }) => lost === undefined)
      ? undefined
      : earliest(rights.map(({ lost }) => lost));
    return earliest([claim?.lost, own]);
  }

  /**
   * Scopes in which an identity still has the highest right that it ever had there. Such an
   * identity is an owner, or is a publisher that never was an owner.
   */
  keptBy(identity: Digest, at: number): Scope[] {
    const owns = (claim: Claim): boolean => claim.owners.of(identity).some(({ from }) => from < at);
    return this.scopesOf(identity, at, at).filter((scope) => {
      const claim = this.claimOf(scope, at);
      return (
        (claim !== undefined && owns(claim)) ||
        !(this.#claims.get(scope) ?? []).some((one) => one.from < at && owns(one))
      );
    });
  }
}

function addTo<Value>(sets: Map<Digest, Set<Value>>, id: Digest, value: Value): void {
  sets.set(id, (sets.get(id) ?? new Set<Value>()).add(value));
}

/** The given identities and all identities that `steps` lead to. */
function reachable(
  ids: readonly Digest[],
  steps: ReadonlyMap<Digest, ReadonlySet<Digest>> | undefined,
): ReadonlySet<Digest> {
  const reached = new Set(ids);
  for (const id of reached) for (const next of steps?.get(id) ?? []) reached.add(next);
  return reached;
}

/** The rights of an identity as an owner and as a publisher. */
function rightsOf(claim: Claim | undefined, id: Digest): Right[] {
  return listsOf(claim).flatMap((list) => list.of(id));
}

function listsOf(claim: Claim | undefined): Rights[] {
  return [
    ...(claim === undefined ? [] : [claim.owners]),
    ...(claim?.publishers === undefined ? [] : [claim.publishers]),
  ];
}

function rightsIn(
  claim: Claim | undefined,
  listOf: (claim: Claim) => readonly Right[],
  {
    at,
    known = Number.POSITIVE_INFINITY,
  }: { readonly at: number; readonly known?: number | undefined },
): Right[] {
  const holds = ({ lost }: { readonly lost?: number }): boolean =>
    lost === undefined || lost >= known;
  return claim === undefined || !holds(claim)
    ? []
    : listOf(claim).filter((one) => one.from < at && holds(one));
}

function lostAt(lost: number | undefined): { readonly lost?: number } {
  return lost === undefined ? {} : { lost };
}

/** The lowest of the given log indexes. */
export function earliest(indexes: readonly (number | undefined)[]): number | undefined {
  const known = indexes.flatMap((one) => one ?? []);
  return known.length === 0 ? undefined : Math.min(...known);
}
