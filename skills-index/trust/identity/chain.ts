/** One pass over the identity statements in log order, with the ends found in earlier passes. */
import type { Digest } from '../../skill/digest.ts';
import type { Scope } from '../../skill/name.ts';
import {
  type Identity,
  type KeyPredicate,
  type MemberPredicate,
  type MemberRole,
  type PublicKey,
  predicateTypes,
  type ScopePredicate,
} from '../../statement/attestation.ts';
import { identityId, keysAmong } from '../../statement/identity-id.ts';
import { successorsMax } from '../limits.ts';
import { type RootFile, rootKeyId, spkiOf } from '../root.ts';
import { isInOffice, keysOfOffice } from '../root-office.ts';
import { AdministratorVotes } from './administrator-votes.ts';
import { type Ends, type KeyUse, KnownEnds } from './ends.ts';
import type { FrozenStatement } from './frozen-statement.ts';
import type { Identities, LoggedStatement, Member } from './identities.ts';
import { idsOf, matchedIdentity } from './match.ts';
import type { MemberOrder } from './member-order.ts';
import { Members } from './members.ts';
import { describePublisherStop, PublisherStops } from './publisher-stops.ts';
import { earliest, ScopeOwners } from './scope-owners.ts';

/** Mutable while statements are added; afterwards read through `Identities`. */
export class IdentityChain implements Identities {
  readonly ends: KnownEnds;
  readonly ignored: { digest: Digest; logIndex: number; why: string }[] = [];
  readonly #root: RootFile;
  readonly #order: MemberOrder;
  readonly #members: Members;
  readonly #owners = new ScopeOwners();
  readonly stops = new PublisherStops(this.#owners);
  readonly scopeVotes: AdministratorVotes<ScopePredicate>;
  readonly memberVotes: AdministratorVotes<MemberPredicate>;
  readonly #keys = new Map<Digest, Uint8Array>();

  constructor(root: RootFile, known: Ends, order: MemberOrder) {
    this.#root = root;
    this.#order = order;
    this.ends = new KnownEnds(known);
    this.#members = new Members(root, {
      ends: this.ends,
      order,
      nameKey: (key) => this.#name(key),
    });
    this.scopeVotes = new AdministratorVotes(root);
    this.memberVotes = this.#members.votes;
    for (const key of keysOfOffice(root, 'administrator'))
      this.#keys.set(rootKeyId(key), spkiOf(key));
  }

  /** Takes the next statement in log order, or records why it does not count. */
  add(one: LoggedStatement | FrozenStatement): void {
    const why = 'why' in one ? this.#owners.freeze(one) : this.#take(one);
    if (why !== undefined) this.ignored.push({ digest: one.digest, logIndex: one.logIndex, why });
  }

  follows(key: Digest, old: Digest): boolean {
    return this.#owners.follows(key, old);
  }

  isMember(keyId: Digest, role: MemberRole, at: number): boolean {
    return this.#members.isMember(keyId, role, at);
  }

  memberOf(keyId: Digest, at: number): Member | undefined {
    return this.#members.memberOf(keyId, at);
  }

  passkeyOf(credentialId: string, at: number): ReturnType<Identities['passkeyOf']> {
    return this.#members.passkeyOf(credentialId, at);
  }

  keysOf(memberName: string, at: number): Digest[] {
    return this.#members.keysOf(memberName, at);
  }

  passkeysOf(memberName: string, at: number): ReturnType<Identities['passkeysOf']> {
    return this.#members.passkeysOf(memberName, at);
  }

  memberStatementOf(of: string, at: number): Digest | undefined {
    return this.#order.last(of, at);
  }

  lineOf(scope: Scope, ids: readonly Digest[]): ReadonlySet<Digest> {
    return this.#owners.lineOf(scope, ids);
  }

  ownersOf(scope: Scope, at: number, known?: number): Identity[] {
    return this.#owners
      .ownersOf(scope, at, known)
      .filter((owner) => this.ends.keyCounts(identityId(owner), at, scope, known));
  }

  publishersOf(scope: Scope, at: number): Identity[] {
    return this.#owners
      .publishersOf(scope, at)
      .filter((one) => this.ends.keyCounts(identityId(one), at, scope));
  }

  scopesOf(identity: Digest, at: number): Scope[] {
    return this.#owners
      .scopesOf(identity, at)
      .filter((scope) => this.ends.keyCounts(identity, at, scope));
  }

  firstClaimOf(scope: Scope): number | undefined {
    return this.#owners.firstClaimOf(scope);
  }

  scopeStatementOf(scope: Scope, at: number): Digest | undefined {
    return this.#owners.claimOf(scope, at)?.statement;
  }

  whyFrozen(scope: Scope, at: number): string | undefined {
    return this.#owners.claimOf(scope, at)?.frozen;
  }

  keyOf(keyId: Digest): Uint8Array | undefined {
    return this.#keys.get(keyId);
  }

  namesOf(identity: Digest): ReadonlySet<string> {
    return this.#members.namesOf(identity);
  }

  #take(one: LoggedStatement): string | undefined {
    const { statement, signers } = one;
    // A keyless identity can own a scope, but every other identity statement must be signed by a
    // key.
    if (signers !== undefined && statement.predicateType !== predicateTypes.scope)
      return 'a certificate signs no such statement';
    switch (statement.predicateType) {
      case predicateTypes.member:
        return this.#members.take(statement.predicate, one);
      case predicateTypes.scope:
        return this.#takeScope(statement.predicate, one);
      case predicateTypes.key:
        return this.#takeKey(statement.predicate, one);
      case predicateTypes.revocation:
        return this.stops.add(statement.predicate, one, this);
      default:
        return 'it says nothing about who is who';
    }
  }

  #takeScope(claim: ScopePredicate, one: LoggedStatement): string | undefined {
    const { scope, owners, publishers = [], previous } = claim;
    const { signer, logIndex, digest } = one;
    const standing = this.#owners.claimOf(scope, logIndex);
    const stop = this.stops.stopOn({ ids: idsOf(one), scope }, logIndex);
    let lost: number | undefined;
    if (standing === undefined) {
      if (previous !== undefined) return 'it changes a claim that does not stand';
      if (matchedIdentity(owners, one) === undefined)
        return 'a first claim is signed by an owner that it names';
      // A retroactive end of a key does not remove a first claim. Otherwise the scope would become
      // free for anybody.
      if (!this.ends.keySpeaks(signer, logIndex)) return 'its signer’s key was ended';
      if (stop !== undefined) return `its signer was ${describePublisherStop(stop)}`;
    } else {
      if (standing.frozen !== undefined) return `@${scope} is frozen: ${standing.frozen}`;
      if (previous !== standing.statement)
        return `@${scope} is claimed, and it does not name the claim that it changes`;
      const owner = matchedIdentity(this.ownersOf(scope, logIndex, logIndex), one);
      const byOwner = owner !== undefined && stop === undefined;
      const byOffice = isInOffice(this.#root, 'administrator', signer, logIndex);
      if (!byOwner && !byOffice) {
        const why =
          owner !== undefined && stop !== undefined
            ? `was ${describePublisherStop(stop)}`
            : `did not own @${scope}`;
        return `its signer ${why}, and is no administrator of the root file`;
      }
      const voted = byOffice && this.scopeVotes.isVotedThrough(scope, claim, one);
      // A vote that is not yet sufficient counts as a vote and changes nothing.
      if (!byOwner && !voted) return undefined;
      lost =
        voted || owner === undefined
          ? undefined
          : this.#lostFrom(scope, identityId(owner), logIndex);
    }
    if (lost === undefined)
      for (const key of keysAmong([...owners, ...publishers])) this.#name(key);
    this.scopeVotes.drop(scope);
    this.#owners.claim(claim, { from: logIndex, lost }, digest);
    return undefined;
  }

  /**
   * The log index from which it is known that an identity had no rights in a scope: its key, or a
   * key that it got its rights from, was ended earlier.
   */
  #lostFrom(scope: Scope, id: Digest, at: number): number | undefined {
    return earliest([...this.ends.keyLostAt(id, at, scope), this.#owners.lostOf(scope, id, at)]);
  }

  // Administrators may end any key from any log index. A key's holder, and a successor named by the
  // holder, may end it retroactively only for rights that they still have. Whoever gave a scope
  // away or left as a member cannot take past acts back.
  #endKey(
    { key: { keyId }, validUpTo }: KeyPredicate,
    { signer, logIndex, digest }: LoggedStatement,
  ): string | undefined {
    // An end found in an earlier pass is already applied; applying it here could remove the rights
    // of its own signer.
    if (this.ends.keys.has(digest)) return undefined;
    const end = { of: keyId, at: logIndex, upTo: Math.min(validUpTo ?? logIndex, logIndex) };
    if (this.isMember(signer, 'administrator', logIndex)) {
      this.ends.endKey(digest, end);
      return undefined;
    }
    if (signer !== keyId && !this.#owners.isSuccessor(signer, keyId))
      return 'a key is ended by its holder, its successor or an administrator';
    if (!this.ends.keySpeaks(signer, logIndex)) return 'its signer’s key was ended';
    const reach = new Set<KeyUse>(this.#owners.keptBy(signer, logIndex));
    if (signer === keyId && this.#members.hasEveryRole(keyId, logIndex)) reach.add('as a member');
    const isBack = end.upTo < logIndex;
    if (isBack && reach.size === 0)
      return 'its signer stands for nothing now, so only an administrator ends it for an index before';
    const takes = isBack
      ? [...reach].some((use) => this.ends.keyCounts(keyId, end.upTo + 1, use, logIndex))
      : undefined;
    if (!(takes ?? this.ends.keySpeaks(keyId, logIndex))) return 'it counts no further already';
    this.ends.endKey(digest, { ...end, reach });
    return undefined;
  }

  #takeKey(predicate: KeyPredicate, one: LoggedStatement): string | undefined {
    const { key, state, replaces } = predicate;
    const { signer, logIndex } = one;
    if (state === 'ended') return this.#endKey(predicate, one);
    if (signer !== (replaces ?? key.keyId))
      return 'a key is enrolled by its holder, or by the holder of the key that it replaces';
    if (!this.ends.keySpeaks(signer, logIndex)) return 'its signer’s key was ended';
    const stop = this.stops.stopOn({ ids: [signer] }, logIndex);
    if (stop !== undefined) return `its signer was ${describePublisherStop(stop)}`;
    // A successor must be a new key. Otherwise one signer could declare another person's key, with
    // all its rights, to be their own successor.
    if (replaces !== undefined && this.#keys.has(key.keyId))
      return 'the key that is to follow is known already';
    if (this.#owners.successorsOf(signer).length >= successorsMax)
      return 'the key that it replaces was replaced too often';
    // A key without any rights has nothing to pass on. Otherwise anybody could attach statements to
    // the keys of others.
    const isFree = (scope: Scope): boolean =>
      this.stops.stopOn({ ids: [signer], scope }, logIndex) === undefined;
    const owned = replaces === undefined ? [] : this.#owners.scopesOf(replaces, logIndex, logIndex);
    if (replaces !== undefined && owned.length === 0)
      return 'the key that it replaces owns no scope';
    const scopes = owned.filter(isFree);
    if (scopes.length < owned.length && scopes.length === 0)
      return 'the key that it replaces was stopped in each scope that it owns';
    const places = scopes.map((scope) => ({
      scope,
      from: logIndex,
      lost: this.#lostFrom(scope, signer, logIndex),
    }));
    const followed = places.filter((place) => this.#owners.follow(signer, key, place.scope, place));
    if (replaces !== undefined && followed.length === 0) return 'it follows that key already';
    if (replaces === undefined || followed.some(({ lost }) => lost === undefined)) this.#name(key);
    return undefined;
  }

  #name({ keyId, spki }: PublicKey): void {
    this.#keys.set(keyId, Buffer.from(spki, 'base64'));
  }
}
