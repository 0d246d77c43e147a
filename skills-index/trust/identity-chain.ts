/** One walk over the identity statements in log order, given what is known to have ended. */
import { canonicalJson } from '../skill/canonical-json.ts';
import type { Digest } from '../skill/digest.ts';
import type { Scope } from '../skill/name.ts';
import {
  type EnrolledPasskey,
  type Identity,
  type KeyPredicate,
  type MemberPredicate,
  type MemberRole,
  predicateTypes,
  type ScopePredicate,
} from '../statement/attestation.ts';
import { identityId, isPerson, keysAmong } from '../statement/identity-id.ts';
import type { FrozenStatement } from './frozen-statement.ts';
import type { Identities, LoggedStatement, Member } from './identity.ts';
import { type Ends, KnownEnds } from './identity-ends.ts';
import { idsOf, matchedIdentity } from './identity-match.ts';
import { PublisherStops, sayWord } from './publisher-stops.ts';
import { type RootFile, rootKeyId, spkiOf } from './root.ts';
import { holdsOffice, keysOfOffice } from './root-office.ts';
import { ScopeOwners } from './scope-owners.ts';

interface Enrolment extends Member {
  /** Key id or credential id. */
  readonly of: string;
  readonly from: number;
  readonly passkey?: EnrolledPasskey;
  /** Key id or credential id, and ids of `identities`. */
  readonly ids: readonly string[];
}

/** Mutable only while statements are added; then read as `Identities`. */
export class IdentityChain implements Identities {
  readonly ends: KnownEnds;
  readonly ignored: { digest: Digest; logIndex: number; why: string }[] = [];
  readonly #root: RootFile;
  readonly #enrolments: Enrolment[] = [];
  readonly #owners = new ScopeOwners();
  readonly stops = new PublisherStops(this.#owners);
  /** A change of a scope → key ids of the administrators that signed it. */
  readonly #votes = new Map<string, Set<Digest>>();
  readonly #keys = new Map<Digest, Uint8Array>();

  constructor(root: RootFile, known: Ends) {
    this.#root = root;
    this.ends = new KnownEnds(known);
    for (const key of keysOfOffice(root, 'administrator')) this.#keys.set(rootKeyId(key), spkiOf(key));
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
    if (role === 'administrator' && holdsOffice(this.#root, role, keyId, at)) return true;
    return this.memberOf(keyId, at)?.roles.includes(role) ?? false;
  }

  memberOf(keyId: Digest, at: number): Member | undefined {
    return this.ends.keyCounts(keyId, at) ? this.#enrolmentOf(keyId, at) : undefined;
  }

  passkeyOf(credentialId: string, at: number): { member: Member; passkey: EnrolledPasskey } | undefined {
    const found = this.#enrolmentOf(credentialId, at);
    return found?.passkey === undefined ? undefined : { member: found, passkey: found.passkey };
  }

  keysOf(memberName: string, at: number): Digest[] {
    const ids = this.#enrolments
      .filter((one) => one.name === memberName && one.passkey === undefined)
      .map((one) => one.of as Digest);
    return [...new Set(ids)].filter((id) => this.memberOf(id, at)?.name === memberName);
  }

  passkeysOf(memberName: string, at: number): EnrolledPasskey[] {
    const ids = this.#enrolments.filter((one) => one.name === memberName && one.passkey !== undefined).map((one) => one.of);
    return [...new Set(ids)].flatMap((id) => this.passkeyOf(id, at)?.passkey ?? []);
  }

  ownersOf(scope: Scope, at: number): Identity[] {
    return this.#owners.ownersOf(scope, at).filter((owner) => this.ends.keyCounts(identityId(owner), at));
  }

  publishersOf(scope: Scope, at: number): Identity[] {
    return this.#owners.publishersOf(scope, at).filter((one) => this.ends.keyCounts(identityId(one), at));
  }

  scopesOf(identity: Digest, at: number): Scope[] {
    return this.ends.keyCounts(identity, at) ? this.#owners.scopesOf(identity, at) : [];
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
    return new Set(this.#enrolments.filter((one) => one.ids.includes(identity)).map((one) => one.name));
  }

  #take(one: LoggedStatement): string | undefined {
    const { statement, signers } = one;
    // Whom an issuer vouches for can own a scope; who is who here is said with keys alone.
    if (signers !== undefined && statement.predicateType !== predicateTypes.scope) return 'a certificate signs no such statement';
    switch (statement.predicateType) {
      case predicateTypes.member:
        return this.#takeMember(statement.predicate, one);
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

  #takeMember(member: MemberPredicate, { signer, logIndex, digest }: LoggedStatement): string | undefined {
    if (!this.isMember(signer, 'administrator', logIndex)) return 'its signer was no administrator';
    const of = member.key?.keyId ?? member.passkey?.credentialId ?? '';
    const now = this.#enrolmentOf(of, logIndex);
    if (member.state === 'ended') {
      const known = this.#enrolments.some((one) => one.of === of && one.name === member.name);
      if (!known) return `${member.name} was not enrolled with it`;
      this.ends.endMember(digest, { of, at: logIndex, upTo: Math.min(member.validUpTo ?? logIndex, logIndex) });
      return undefined;
    }
    // One key, and one person of an issuer, stands for one name: were it two, one person could approve twice. A CI job has many behind it.
    const persons = (member.identities ?? []).filter(isPerson).map(identityId);
    const other = [of as Digest, ...persons].flatMap((one) => [...this.namesOf(one)]).find((name) => name !== member.name);
    if (other !== undefined) return `it belongs to ${other}`;
    if (now !== undefined) this.ends.endMember(digest, { of, at: logIndex, upTo: logIndex });
    const { name, roles, identities, key, passkey } = member;
    if (key !== undefined) this.#keys.set(key.keyId, Buffer.from(key.spki, 'base64'));
    const more = { ...(identities === undefined ? {} : { identities }), ...(passkey === undefined ? {} : { passkey }) };
    const ids = [of, ...(identities ?? []).map(identityId)];
    this.#enrolments.push({ of, ids, name, roles, from: logIndex, ...more });
    return undefined;
  }

  #takeScope(claim: ScopePredicate, one: LoggedStatement): string | undefined {
    const { scope, owners, publishers = [], previous } = claim;
    const { signer, logIndex, digest } = one;
    const standing = this.#owners.claimOf(scope, logIndex);
    const word = this.stops.wordOn({ ids: idsOf(one), scope }, logIndex);
    if (standing === undefined) {
      if (previous !== undefined) return 'it changes a claim that does not stand';
      if (matchedIdentity(owners, one) === undefined) return 'a first claim is signed by an owner that it names';
      if (!this.ends.keyCounts(signer, logIndex)) return 'its signer’s key was ended';
      if (word !== undefined) return `its signer was ${sayWord(word)}`;
    } else {
      if (standing.frozen !== undefined) return `@${scope} is frozen: ${standing.frozen}`;
      if (previous !== standing.statement) return `@${scope} is claimed, and it does not name the claim that it changes`;
      const isOwner = matchedIdentity(this.ownersOf(scope, logIndex), one) !== undefined;
      const byOwner = isOwner && word === undefined;
      if (!byOwner && !holdsOffice(this.#root, 'administrator', signer, logIndex)) {
        const why = isOwner && word !== undefined ? `was ${sayWord(word)}` : `did not own @${scope}`;
        return `its signer ${why}, and is no administrator of the root file`;
      }
      // A vote that does not suffice yet counts as such, and changes nothing.
      if (!byOwner && !this.#isVotedThrough(claim, one)) return undefined;
    }
    for (const key of keysAmong([...owners, ...publishers])) this.#keys.set(key.keyId, Buffer.from(key.spki, 'base64'));
    this.#owners.claim(claim, logIndex, digest);
    return undefined;
  }

  #takeKey({ key, state, replaces, validUpTo }: KeyPredicate, { signer, logIndex, digest }: LoggedStatement): string | undefined {
    if (state === 'ended') {
      const may =
        signer === key.keyId || this.#owners.isSuccessor(signer, key.keyId) || this.isMember(signer, 'administrator', logIndex);
      if (!may) return 'a key is ended by its holder, its successor or an administrator';
      this.ends.endKey(digest, { of: key.keyId, at: logIndex, upTo: Math.min(validUpTo ?? logIndex, logIndex) });
      return undefined;
    }
    if (signer !== (replaces ?? key.keyId))
      return 'a key is enrolled by its holder, or by the holder of the key that it replaces';
    if (!this.ends.keyCounts(signer, logIndex)) return 'its signer’s key was ended';
    const word = this.stops.wordOn({ ids: [signer] }, logIndex);
    if (word !== undefined) return `its signer was ${sayWord(word)}`;
    // Who owns nothing has nothing to hand on: else anybody could hang statements on the keys of others.
    const isFree = (scope: Scope): boolean => this.stops.wordOn({ ids: [signer], scope }, logIndex) === undefined;
    const owned = replaces === undefined ? [] : this.scopesOf(replaces, logIndex);
    if (replaces !== undefined && owned.length === 0) return 'the key that it replaces owns no scope';
    const scopes = owned.filter(isFree);
    if (scopes.length < owned.length && scopes.length === 0)
      return 'the key that it replaces was stopped in each scope that it owns';
    if (replaces !== undefined && !this.#owners.follow(replaces, key, logIndex, scopes)) return 'it follows that key already';
    this.#keys.set(key.keyId, Buffer.from(key.spki, 'base64'));
    return undefined;
  }

  // Administrators of the root file vote by signing the same statement; each of its keys counts once. Those whom one of them enrolled
  // have no vote: one alone could enrol enough of them.
  #isVotedThrough(claim: ScopePredicate, { signer, logIndex }: LoggedStatement): boolean {
    const change = canonicalJson(claim);
    const votes = new Set(this.#votes.get(change)).add(signer);
    this.#votes.set(change, votes);
    // Who was retired since they voted is not in office any more: else one person could vote with the old key and with the new one.
    return [...votes].filter((one) => holdsOffice(this.#root, 'administrator', one, logIndex)).length >= this.#root.threshold;
  }

  #enrolmentOf(of: string, at: number): Enrolment | undefined {
    return this.#enrolments.findLast((one) => one.of === of && one.from < at && this.ends.membershipCounts(of, one.from, at));
  }
}
