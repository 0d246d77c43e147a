/** One walk over the identity statements in log order, given what is known to have ended. */
import { canonicalJson } from '../skill/canonical-json.ts';
import type { Digest } from '../skill/digest.ts';
import type { Scope } from '../skill/name.ts';
import {
  type EnrolledPasskey,
  type KeyPredicate,
  type MemberPredicate,
  type MemberRole,
  type PublicKey,
  predicateTypes,
  type ScopePredicate,
} from '../statement/attestation.ts';
import type { Identities, LoggedStatement, Member } from './identity.ts';
import { type RootFile, spkiOf } from './root.ts';

/** Address of a statement that ended something → what, and up to which index it counts. */
export interface Ends {
  /** Memberships, of a key or a passkey. */
  readonly members: ReadonlyMap<Digest, End>;
  /** Keys in every use. */
  readonly keys: ReadonlyMap<Digest, End>;
}

interface End {
  /** Key id or credential id. */
  readonly of: string;
  /** Index of the statement that says so: an enrolment after it is a new one. */
  readonly at: number;
  readonly upTo: number;
}

interface Enrolment extends Member {
  /** Key id or credential id. */
  readonly of: string;
  readonly from: number;
  readonly passkey?: EnrolledPasskey;
}

interface Claim {
  readonly from: number;
  readonly owners: readonly PublicKey[];
  readonly statement: Digest;
}

/** Mutable only while statements are added; then read as `Identities`. */
export class IdentityChain implements Identities {
  readonly ends: { readonly members: Map<Digest, End>; readonly keys: Map<Digest, End> };
  readonly ignored: { digest: Digest; logIndex: number; why: string }[] = [];
  readonly #root: RootFile;
  readonly #enrolments: Enrolment[] = [];
  readonly #claims = new Map<Scope, Claim[]>();
  readonly #votes = new Map<string, Set<string>>();
  readonly #successors: { readonly of: Digest; readonly key: PublicKey; readonly from: number }[] = [];
  readonly #keys = new Map<Digest, Uint8Array>();

  constructor(root: RootFile, known: Ends) {
    this.#root = root;
    this.ends = { members: new Map(known.members), keys: new Map(known.keys) };
    for (const { keyId, key } of root.administrators) this.#keys.set(keyId, spkiOf({ key }));
  }

  /** Takes the next statement in log order, or notes why it does not count. */
  add(one: LoggedStatement): void {
    const why = this.#take(one);
    if (why !== undefined) this.ignored.push({ digest: one.digest, logIndex: one.logIndex, why });
  }

  isMember(keyId: Digest, role: MemberRole, at: number): boolean {
    if (role === 'administrator' && this.#isRootAdministrator(keyId)) return true;
    return this.memberOf(keyId, at)?.roles.includes(role) ?? false;
  }

  memberOf(keyId: Digest, at: number): Member | undefined {
    return this.#keyCounts(keyId, at) ? this.#enrolmentOf(keyId, at) : undefined;
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

  ownersOf(scope: Scope, at: number): PublicKey[] {
    const owners = new Map((this.#claimOf(scope, at)?.owners ?? []).map((owner) => [owner.keyId, owner]));
    for (const { of, key, from } of this.#successors) {
      if (from < at && owners.has(of)) owners.set(key.keyId, key);
    }
    return [...owners.values()].filter((owner) => this.#keyCounts(owner.keyId, at));
  }

  scopeStatementOf(scope: Scope, at: number): Digest | undefined {
    return this.#claimOf(scope, at)?.statement;
  }

  keyOf(keyId: Digest): Uint8Array | undefined {
    return this.#keys.get(keyId);
  }

  namesOf(keyId: Digest): ReadonlySet<string> {
    return new Set(this.#enrolments.filter((one) => one.of === keyId).map((one) => one.name));
  }

  #take(one: LoggedStatement): string | undefined {
    const { statement } = one;
    switch (statement.predicateType) {
      case predicateTypes.member:
        return this.#takeMember(statement.predicate, one);
      case predicateTypes.scope:
        return this.#takeScope(statement.predicate, one);
      case predicateTypes.key:
        return this.#takeKey(statement.predicate, one);
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
      this.ends.members.set(digest, { of, at: logIndex, upTo: Math.min(member.validUpTo ?? logIndex, logIndex) });
      return undefined;
    }
    // One key stands for one person: were it two, one person could approve twice.
    const other = [...this.namesOf(of as Digest)].find((name) => name !== member.name);
    if (other !== undefined) return `it belongs to ${other}`;
    if (now !== undefined) this.ends.members.set(digest, { of, at: logIndex, upTo: logIndex });
    const { name, roles, key, passkey } = member;
    if (key !== undefined) this.#keys.set(key.keyId, Buffer.from(key.spki, 'base64'));
    this.#enrolments.push({ of, name, roles, from: logIndex, ...(passkey === undefined ? {} : { passkey }) });
    return undefined;
  }

  #takeScope(claim: ScopePredicate, one: LoggedStatement): string | undefined {
    const { scope, owners, previous } = claim;
    const { signer, logIndex, digest } = one;
    const standing = this.#claimOf(scope, logIndex);
    if (standing === undefined) {
      if (previous !== undefined) return 'it changes a claim that does not stand';
      if (!owners.some((owner) => owner.keyId === signer)) return 'a first claim is signed by an owner that it names';
      if (!this.#keyCounts(signer, logIndex)) return 'its signer’s key was ended';
    } else {
      if (previous !== standing.statement) return `@${scope} is claimed, and it does not name the claim that it changes`;
      const byOwner = this.ownersOf(scope, logIndex).some((owner) => owner.keyId === signer);
      if (!byOwner && !this.#isVotedThrough(claim, one))
        return `its signer did not own @${scope}, nor did enough administrators sign it`;
    }
    for (const owner of owners) this.#keys.set(owner.keyId, Buffer.from(owner.spki, 'base64'));
    this.#claims.set(scope, [...(this.#claims.get(scope) ?? []), { from: logIndex, owners, statement: digest }]);
    return undefined;
  }

  #takeKey({ key, state, replaces, validUpTo }: KeyPredicate, { signer, logIndex, digest }: LoggedStatement): string | undefined {
    if (state === 'ended') {
      const successor = this.#successors.some((one) => one.of === key.keyId && one.key.keyId === signer);
      const may = signer === key.keyId || successor || this.isMember(signer, 'administrator', logIndex);
      if (!may) return 'a key is ended by its holder, its successor or an administrator';
      this.ends.keys.set(digest, { of: key.keyId, at: logIndex, upTo: Math.min(validUpTo ?? logIndex, logIndex) });
      return undefined;
    }
    if (signer !== (replaces ?? key.keyId))
      return 'a key is enrolled by its holder, or by the holder of the key that it replaces';
    if (!this.#keyCounts(signer, logIndex)) return 'its signer’s key was ended';
    this.#keys.set(key.keyId, Buffer.from(key.spki, 'base64'));
    if (replaces !== undefined) this.#successors.push({ of: replaces, key, from: logIndex });
    return undefined;
  }

  // Administrators vote by signing the same statement; each counts once, by name or, in the root file, by key.
  #isVotedThrough(claim: ScopePredicate, { signer, logIndex }: LoggedStatement): boolean {
    if (!this.isMember(signer, 'administrator', logIndex)) return false;
    const change = canonicalJson(claim);
    const votes = this.#votes.get(change) ?? new Set<string>();
    votes.add(this.memberOf(signer, logIndex)?.name ?? signer);
    this.#votes.set(change, votes);
    return votes.size >= this.#root.threshold;
  }

  #isRootAdministrator(keyId: Digest): boolean {
    return this.#root.administrators.some((one) => one.keyId === keyId);
  }

  #claimOf(scope: Scope, at: number): Claim | undefined {
    return this.#claims.get(scope)?.findLast((claim) => claim.from < at);
  }

  #enrolmentOf(of: string, at: number): Enrolment | undefined {
    const ends = [...this.ends.members.values()].filter((end) => end.of === of);
    return this.#enrolments.findLast(
      (one) => one.of === of && one.from < at && ends.every((end) => end.at <= one.from || at <= end.upTo),
    );
  }

  #keyCounts(keyId: Digest, at: number): boolean {
    return [...this.ends.keys.values()].every((end) => end.of !== keyId || at <= end.upTo);
  }
}
