/**
 * The suspensions and revocations of publishers, and the other identities of a stopped publisher,
 * so that switching to another name or key does not help.
 */
import type { Digest } from '../../skill/digest.ts';
import type { RevocationPredicate } from '../../statement/attestation.ts';
import { whyAuthor } from '../authors.ts';
import type {
  Identities,
  LoggedStatement,
  PublisherWord,
  PublisherWords,
  Speaker,
} from './identities.ts';
import type { ScopeOwners } from './scope-owners.ts';

/** Grows with the log. */
export class PublisherStops implements PublisherWords {
  readonly #owners: ScopeOwners;
  readonly #said = new Map<
    Digest,
    (Pick<RevocationPredicate, 'kind' | 'reason'> & { readonly logIndex: number })[]
  >();

  constructor(owners: ScopeOwners) {
    this.#owners = owners;
  }

  /** Takes a word on a publisher, or says why it is not heard. */
  take(
    { kind, reason, target }: RevocationPredicate,
    { signer, logIndex }: LoggedStatement,
    chain: Identities,
  ): string | undefined {
    if (!('publisher' in target)) return 'it is about no publisher';
    const may = (['reviewer', 'administrator'] as const).some((role) =>
      chain.isMember(signer, role, logIndex),
    );
    if (!may) return 'its signer was no reviewer or administrator';
    if (kind === 'lifted' && isBehind(chain, target.publisher, signer, logIndex))
      return 'nobody lifts what stopped them';
    this.#said.set(target.publisher, [
      ...(this.#said.get(target.publisher) ?? []),
      { kind, reason, logIndex },
    ]);
    return undefined;
  }

  /**
   * What keeps somebody from publishing, and from saying who else may, at a log index. In a scope a
   * word holds for the whole line of keys that were made of one another: their holder said so
   * themselves, and could go on with each of them. It holds there only: else anybody could call a
   * stranger's key the successor of their own, and be stopped to stop the stranger.
   */
  wordOn({ ids, scope }: Speaker, at: number): PublisherWord | undefined {
    const line = scope === undefined ? new Set(ids) : this.#owners.lineOf(scope, ids);
    return this.#worst(line, at);
  }

  /**
   * What kept the publisher of a version from publishing it; a suspension that was lifted since has
   * held it up, and no more than that.
   */
  wordWhenPublished(speaker: Speaker, at: number): PublisherWord | undefined {
    const word = this.wordOn(speaker, at);
    return this.wordOn(speaker, Number.MAX_SAFE_INTEGER) === undefined ? undefined : word;
  }

  /**
   * What stands against a version that was published already: a word on its publisher, or on one
   * whom the publisher followed.
   */
  wordOnPublished(
    { ids, scope }: Required<Speaker>,
    at: number,
    besides?: Digest,
  ): PublisherWord | undefined {
    const line = new Set(ids.flatMap((id) => this.#owners.predecessorsOf(scope, id)));
    return this.#worst(new Set([...ids, ...line].filter((id) => id !== besides)), at);
  }

  /** Whether a word on a publisher is about what such a one published. */
  isAbout(publisher: Digest, { ids, scope }: Required<Speaker>): boolean {
    return ids.some(
      (id) => id === publisher || this.#owners.predecessorsOf(scope, id).includes(publisher),
    );
  }

  /**
   * The publisher and every key that followed it anywhere: whose versions a word on it can be
   * about.
   */
  heirsOf(publisher: Digest): Digest[] {
    return [publisher, ...this.#owners.successorsOf(publisher)];
  }

  // `revoked` is final, else the highest log index counts.
  #worst(ids: ReadonlySet<Digest>, at: number): PublisherWord | undefined {
    const standing = [...ids].flatMap((id) => {
      const said = (this.#said.get(id) ?? []).filter(({ logIndex }) => logIndex < at);
      const last = said.find(({ kind }) => kind === 'revoked') ?? said.at(-1);
      return last === undefined || last.kind === 'lifted' ? [] : [{ ...last, kind: last.kind }];
    });
    return standing.find(({ kind }) => kind === 'revoked') ?? standing[0];
  }
}

/**
 * Whether somebody stands behind a publisher: its holder, or an owner of a scope in which it
 * published.
 */
export function isBehind(chain: Identities, publisher: Digest, keyId: Digest, at: number): boolean {
  if (keyId === publisher) return true;
  const acting = { keyId, enrolled: chain.memberOf(keyId, at) };
  return chain
    .scopesOf(publisher, at)
    .some((scope) => whyAuthor(chain, { scope, signer: publisher }, acting, at) !== undefined);
}

/** For people. */
export function describePublisherWord({ kind, logIndex, reason }: PublisherWord): string {
  return `${kind} at log index ${logIndex}: ${reason}`;
}
