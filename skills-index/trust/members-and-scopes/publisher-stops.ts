/**
 * The suspensions and revocations of publishers, which this file calls stops. Also finds the other
 * identities of a stopped publisher, so that a publisher cannot avoid a stop by another name or
 * key.
 */
import type { Digest } from '../../skill/digest.ts';
import type { RevocationPredicate } from '../../statement/attestation.ts';
import { whyAuthor } from './authors.ts';
import type {
  Identities,
  LoggedStatement,
  PublisherIds,
  PublisherStop,
  StopsOfPublishers,
} from './identities.ts';
import type { ScopeOwners } from './scope-owners.ts';

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
