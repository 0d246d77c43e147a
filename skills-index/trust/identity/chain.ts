/** One walk over the identity statements in log order, given what is known to have ended. */
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
import { holdsOffice, keysOfOffice } from '../root-office.ts';
import { AdministratorVotes } from './administrator-votes.ts';
import { type Ends, KnownEnds, type Use } from './ends.ts';
import type { FrozenStatement } from './frozen-statement.ts';
import type { Identities, LoggedStatement, Member } from './identities.ts';
import { idsOf, matchedIdentity } from './match.ts';
import type { MemberOrder } from './member-order.ts';
import { Members } from './members.ts';
import { PublisherStops, sayWord } from './publisher-stops.ts';
import { earliest, ScopeOwners } from './scope-owners.ts';

/** Mutable only while statements are added; then read as `Identities`. */
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

  /** Takes the next statement in log order, or notes why it does not count. */
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
    // Whom an issuer vouches for can own a scope; who is who here is said with keys alone.
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
        return this.stops.take(statement.predicate, one, this);
      default:
        return 'it says nothing about who is who';
    }
  }

  #takeScope(claim: ScopePredicate, one: LoggedStatement): string | undefined {
    const { scope, owners, publishers = [], previous } = claim;
    const { signer, logIndex, digest } = one;
    const standing = this.#owners.claimOf(scope, logIndex);
    const word = this.stops.wordOn({ ids: idsOf(one), scope }, logIndex);
    let lost: number | undefined;
    if (standing === undefined) {
      if (previous !== undefined) return 'it changes a claim that does not stand';
      if (matchedIdentity(owners, one) === undefined)
        return 'a first claim is signed by an owner that it names';
      // What ends a key later takes no first claim away: the scope would be free, for whoever comes
      // next.
      if (!this.ends.keySpeaks(signer, logIndex)) return 'its signer’s key was ended';
      if (word !== undefined) return `its signer was ${sayWord(word)}`;
    } else {
      if (standing.frozen !== undefined) return `@${scope} is frozen: ${standing.frozen}`;
      if (previous !== standing.statement)
        return `@${scope} is claimed, and it does not name the claim that it changes`;
      const owner = matchedIdentity(this.ownersOf(scope, logIndex, logIndex), one);
      const byOwner = owner !== undefined && word === undefined;
      const byOffice = holdsOffice(this.#root, 'administrator', signer, logIndex);
      if (!byOwner && !byOffice) {
        const why =
          owner !== undefined && word !== undefined
            ? `was ${sayWord(word)}`
            : `did not own @${scope}`;
        return `its signer ${why}, and is no administrator of the root file`;
      }
      const voted = byOffice && this.scopeVotes.isVotedThrough(scope, claim, one);
      // A vote that does not suffice yet counts as such, and changes nothing.
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
   * From which index on it is known that somebody had no say in a scope: by an end of their key, or
   * of whom they had it from.
   */
  #lostFrom(scope: Scope, id: Digest, at: number): number | undefined {
    return earliest([...this.ends.keyLostAt(id, at, scope), this.#owners.lostOf(scope, id, at)]);
  }

  // Administrators end any key for any index. Its holder, and whom the holder named as successor,
  // say for an index before now only what they could still say with their standing today: who gave
  // a scope away, or left as a member, takes nothing back that way.
  #endKey(
    { key: { keyId }, validUpTo }: KeyPredicate,
    { signer, logIndex, digest }: LoggedStatement,
  ): string | undefined {
    // Found in the round before: what it ends since may be what its signer rests on.
    if (this.ends.keys.has(digest)) return undefined;
    const end = { of: keyId, at: logIndex, upTo: Math.min(validUpTo ?? logIndex, logIndex) };
    if (this.isMember(signer, 'administrator', logIndex)) {
      this.ends.endKey(digest, end);
      return undefined;
    }
    if (signer !== keyId && !this.#owners.isSuccessor(signer, keyId))
      return 'a key is ended by its holder, its successor or an administrator';
    if (!this.ends.keySpeaks(signer, logIndex)) return 'its signer’s key was ended';
    const reach = new Set<Use>(this.#owners.keptBy(signer, logIndex));
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
    const word = this.stops.wordOn({ ids: [signer] }, logIndex);
    if (word !== undefined) return `its signer was ${sayWord(word)}`;
    // A successor is a new key: else a statement of one alone would hang another's key, and all
    // that it stands for, behind their own.
    if (replaces !== undefined && this.#keys.has(key.keyId))
      return 'the key that is to follow is known already';
    if (this.#owners.successorsOf(signer).length >= successorsMax)
      return 'the key that it replaces was replaced too often';
    // Who owns nothing has nothing to hand on: else anybody could hang statements on the keys of
    // others.
    const isFree = (scope: Scope): boolean =>
      this.stops.wordOn({ ids: [signer], scope }, logIndex) === undefined;
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
