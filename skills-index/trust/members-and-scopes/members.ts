/** The members at each log index: the members' enrolments and the ends of their memberships. */

import type { Digest } from '../../skill/digest.ts';
import { canonicalJson } from '../../skill/text/canonical-json.ts';
import type {
  EnrolledPasskey,
  MemberPredicate,
  MemberRole,
  PublicKey,
} from '../../statement/attestation.ts';
import { identityId, isPerson } from '../../statement/identity-id.ts';
import type { RootFile } from '../root/root.ts';
import { heldRole, thresholdAt } from '../root/root-role.ts';
import type { KnownEnds } from './ends.ts';
import type { Identities, LoggedStatement, Member, PendingVote } from './identities.ts';

// Counts votes of administrators. Administrators together give a scope to new owners or enrol a
// member.

/**
 * Administrators in the root file vote by signing the same statement; each key counts once.
 * Enrolled administrators have no vote, because one administrator alone could enrol as many
 * administrators as a vote needs.
 */
export class AdministratorVotes<Change> {
  readonly #root: RootFile;
  /**
   * The votes for each change, by the text of the change. The changes are grouped by their subject:
   * a scope, a key or a passkey.
   */
  readonly #votes = new Map<string, Map<string, PendingVote<Change>>>();

  constructor(root: RootFile) {
    this.#root = root;
  }

  /**
   * Counts the vote of an administrator in the root file. When a change passes, all votes on the
   * same subject are removed.
   */
  isVotedThrough(
    about: string,
    change: Change,
    { signer, logIndex }: Pick<LoggedStatement, 'signer' | 'logIndex'>,
  ): boolean {
    const changes = this.#votes.get(about) ?? new Map<string, PendingVote<Change>>();
    const text = canonicalJson(change);
    const by = [...(changes.get(text)?.by ?? []).filter((keyId) => keyId !== signer), signer];
    // The vote of a key that was retired since does not count. Otherwise one person could vote with
    // the retired key and with the new key.
    const inOffice = by.filter((keyId) => heldRole(this.#root, 'administrator', keyId, logIndex));
    if (inOffice.length >= thresholdAt(this.#root, logIndex)) {
      this.drop(about);
      return true;
    }
    this.#votes.set(about, changes.set(text, { change, by }));
    return false;
  }

  /**
   * Removes the votes on a subject that changed without a vote, so that no old vote can undo the
   * change.
   */
  drop(about: string): void {
    this.#votes.delete(about);
  }

  pendingOn(about: string): readonly PendingVote<Change>[] {
    return [...(this.#votes.get(about)?.values() ?? [])];
  }

  pending(): readonly PendingVote<Change>[] {
    return [...this.#votes.values()].flatMap((changes) => [...changes.values()]);
  }
}

// The keys and passkeys that administrators enrolled for members.

/**
 * One enrolment of a key or passkey. A later enrolment of the same key or passkey replaces an
 * earlier enrolment.
 */
interface Enrolment extends Member {
  /** Id of the enrolled key, or credential id of the enrolled passkey. */
  readonly of: string;
  readonly from: number;
  readonly passkey?: EnrolledPasskey;
  /** Id of the enrolled key or passkey, and the ids of the member's identities at OIDC issuers. */
  readonly ids: readonly string[];
}

/**
 * Enrolments in log order. Enrolments whose membership ended are filtered out by the known ends.
 */
export class Enrolments {
  readonly #all: Enrolment[] = [];
  /** The enrolments by each of their ids, because a search through all takes too long. */
  readonly #by = new Map<string, Enrolment[]>();
  readonly #ends: KnownEnds;

  constructor(ends: KnownEnds) {
    this.#ends = ends;
  }

  add({ name, roles, identities, passkey }: MemberPredicate, of: string, from: number): void {
    const more = {
      ...(identities === undefined ? {} : { identities }),
      ...(passkey === undefined ? {} : { passkey }),
    };
    const ids = [of as Digest, ...(identities ?? []).map(identityId)];
    const enrolment = { of, ids, name, roles, from, ...more };
    this.#all.push(enrolment);
    for (const id of ids) this.#by.set(id, [...this.#with(id), enrolment]);
  }

  at(of: string, at: number): Enrolment | undefined {
    return this.#with(of).findLast(
      (one) => one.of === of && one.from < at && this.#ends.membershipCounts(of, one.from, at),
    );
  }

  keysNamed(name: string): Digest[] {
    return this.#idsNamed(name, ({ passkey }) => passkey === undefined).map((id) => id as Digest);
  }

  passkeysNamed(name: string): string[] {
    return this.#idsNamed(name, ({ passkey }) => passkey !== undefined);
  }

  #with(id: string): Enrolment[] {
    return this.#by.get(id) ?? [];
  }

  #idsNamed(name: string, isOfKind: (one: Enrolment) => boolean): string[] {
    const named = this.#all.filter((one) => one.name === name && isOfKind(one));
    return [...new Set(named.map(({ of }) => of))];
  }

  namesOf(identity: Digest): ReadonlySet<string> {
    return new Set(this.#with(identity).map((one) => one.name));
  }

  /**
   * Whether a member still has every role that the same key or passkey ever had. A member with
   * fewer roles cannot retract statements made in a lost role.
   */
  hasEveryRole(of: string, at: number): boolean {
    const now = this.at(of, at);
    return (
      now !== undefined &&
      this.#with(of).every(
        (one) => one.of !== of || one.roles.every((role) => now.roles.includes(role)),
      )
    );
  }
}

interface SharedParts {
  readonly ends: KnownEnds;
  readonly order: MemberOrder;
  /** Makes a key known, so that signatures can be verified with the key. */
  readonly nameKey: (key: PublicKey) => void;
}

export class Members {
  readonly votes: AdministratorVotes<MemberPredicate>;
  readonly #root: RootFile;
  readonly #parts: SharedParts;
  readonly #enrolments: Enrolments;

  constructor(root: RootFile, parts: SharedParts) {
    this.#root = root;
    this.#parts = parts;
    this.#enrolments = new Enrolments(parts.ends);
    this.votes = new AdministratorVotes(root);
  }

  isMember(keyId: Digest, role: MemberRole, at: number): boolean {
    if (role === 'administrator' && heldRole(this.#root, role, keyId, at)) return true;
    return this.memberOf(keyId, at)?.roles.includes(role) ?? false;
  }

  memberOf(keyId: Digest, at: number): Member | undefined {
    return this.#parts.ends.keyCounts(keyId, at, 'as a member')
      ? this.#enrolments.at(keyId, at)
      : undefined;
  }

  passkeyOf(credentialId: string, at: number): ReturnType<Identities['passkeyOf']> {
    const found = this.#enrolments.at(credentialId, at);
    return found?.passkey === undefined ? undefined : { member: found, passkey: found.passkey };
  }

  keysOf(memberName: string, at: number): Digest[] {
    return this.#enrolments
      .keysNamed(memberName)
      .filter((id) => this.memberOf(id, at)?.name === memberName);
  }

  passkeysOf(memberName: string, at: number): ReturnType<Identities['passkeysOf']> {
    return this.#enrolments
      .passkeysNamed(memberName)
      .flatMap((id) => this.passkeyOf(id, at)?.passkey ?? []);
  }

  namesOf(identity: Digest): ReadonlySet<string> {
    return this.#enrolments.namesOf(identity);
  }

  hasEveryRole(keyId: Digest, at: number): boolean {
    return this.#enrolments.hasEveryRole(keyId, at);
  }

  /**
   * Adds the next statement about a member in log order.
   * @returns why the statement does not count; undefined when the statement counts
   */
  add(member: MemberPredicate, logged: LoggedStatement): string | undefined {
    const { signer, logIndex } = logged;
    const of = member.key?.keyId ?? member.passkey?.credentialId ?? '';
    this.#parts.order.place(of, logged);
    if (!this.isMember(signer, 'administrator', logIndex)) return 'its signer was no administrator';
    return member.state === 'ended'
      ? this.#end(of, member, logged)
      : this.#enrol(of, member, logged);
  }

  // An end of a key that was never enrolled removes the pending votes on the key. An end with
  // `previous` also stops enrolments that were signed and not yet sent.
  #end(
    of: string,
    member: MemberPredicate,
    { logIndex, digest }: LoggedStatement,
  ): string | undefined {
    const names = [...this.namesOf(of as Digest)];
    const isUnenrolled =
      names.length === 0 && (member.previous !== undefined || this.votes.pendingOn(of).length > 0);
    if (!isUnenrolled && !names.includes(member.name))
      return `${member.name} was not enrolled with this key or passkey`;
    this.votes.drop(of);
    this.#parts.order.add(of, member, { digest, logIndex });
    this.#parts.ends.endMember(digest, {
      of,
      at: logIndex,
      upTo: Math.min(member.validUpTo ?? logIndex, logIndex),
    });
    return undefined;
  }

  #enrol(of: string, member: MemberPredicate, logged: LoggedStatement): string | undefined {
    const { signer, logIndex, digest } = logged;
    // A key, and a person at an OIDC issuer, belong to one member name only. With two names, one
    // person could approve twice. A CI job may belong to several member names, because many people
    // stand behind a CI job.
    const persons = (member.identities ?? []).filter(isPerson).map(identityId);
    const other = [of as Digest, ...persons]
      .flatMap((id) => [...this.namesOf(id)])
      .find((name) => name !== member.name);
    if (other !== undefined) return `its key, passkey or identity belongs to ${other}`;
    const late = this.#parts.order.whyLate(of, member, logIndex);
    if (late !== undefined) return late;
    // One administrator may end a membership. An enrolment needs as many administrators as a change
    // of a scope. Enrolments from before statements named their registry needed only one
    // administrator.
    if (thresholdAt(this.#root, logIndex) > 1 && member.registry !== undefined) {
      if (!heldRole(this.#root, 'administrator', signer, logIndex))
        return 'only administrators of the root file enrol members, and its signer is none';
      if (!this.votes.isVotedThrough(of, member, logged)) return undefined;
    }
    this.#parts.order.add(of, member, logged);
    if (this.#enrolments.at(of, logIndex) !== undefined)
      this.#parts.ends.endMember(digest, { of, at: logIndex, upTo: logIndex });
    if (member.key !== undefined) this.#parts.nameKey(member.key);
    this.#enrolments.add(member, of, logIndex);
    return undefined;
  }
}

// Finds the last statement on a key or passkey. An enrolment names the last statement on its key or
// passkey. So an enrolment that was signed early but sent late cannot undo a newer statement.

interface PlacedStatement {
  readonly digest: Digest;
  readonly at: number;
  /**
   * Whether the statement on a key or passkey names its `previous`. Statements of older versions of
   * Skillgate name no `previous`. After a statement that names its `previous`, an enrolment must
   * name its own `previous`, too.
   */
  readonly isStrict: boolean;
}

/**
 * The order of statements on keys and passkeys. The first pass over a log builds the order, and all
 * passes share it. A statement keeps its place even when its signer's key is ended retroactively.
 * Otherwise an honest enrolment would refer to a statement that disappeared.
 */
export class MemberOrder {
  /**
   * The statements on each key or passkey that counted when they were logged, in log order. The
   * map's key is a key id or a credential id.
   */
  readonly #statements = new Map<string, PlacedStatement[]>();
  readonly #indexes = new Map<string, number>();
  #isOpen = true;

  /**
   * Records the log index of a statement, whether the statement counts or not, because an enrolment
   * of the same key or passkey may name the statement. By a statement on another key, a reader who
   * does not know that key could not place the enrolment.
   */
  place(of: string, { digest, logIndex }: Pick<LoggedStatement, 'digest' | 'logIndex'>): void {
    this.#indexes.set(`${of} ${digest}`, logIndex);
  }

  add(
    of: string,
    { previous }: MemberPredicate,
    { digest, logIndex }: Pick<LoggedStatement, 'digest' | 'logIndex'>,
  ): void {
    if (!this.#isOpen) return;
    const earlier = this.#statements.get(of) ?? [];
    this.#statements.set(of, [
      ...earlier,
      { digest, at: logIndex, isStrict: previous !== undefined },
    ]);
  }

  close(): void {
    this.#isOpen = false;
  }

  /** The address of the last statement on a key or passkey before a log index. */
  last(of: string, before: number): Digest | undefined {
    return this.#before(of, before).at(-1)?.digest;
  }

  /**
   * Why an enrolment comes too late: another statement on the same key or passkey was logged after
   * the enrolment was signed.
   */
  whyLate(of: string, { previous }: MemberPredicate, logIndex: number): string | undefined {
    const earlier = this.#before(of, logIndex);
    const why = 'it does not name the last statement on its key or passkey as `previous`';
    if (previous === undefined) return earlier.some(({ isStrict }) => isStrict) ? why : undefined;
    const known = previous === 'none' ? -1 : (this.#indexes.get(`${of} ${previous}`) ?? -1);
    return earlier.every(({ at }) => at <= known) ? undefined : why;
  }

  #before(of: string, logIndex: number): PlacedStatement[] {
    return (this.#statements.get(of) ?? []).filter(({ at }) => at < logIndex);
  }
}
