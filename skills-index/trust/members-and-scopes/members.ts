/** The members at each log index: the members' enrolments and the ends of their memberships. */
import type { Digest } from '../../skill/digest.ts';
import type { MemberPredicate, MemberRole, PublicKey } from '../../statement/attestation.ts';
import { identityId, isPerson } from '../../statement/identity-id.ts';
import type { RootFile } from '../root/root.ts';
import { isInOffice, thresholdAt } from '../root/root-office.ts';
import { AdministratorVotes } from './administrator-votes.ts';
import type { KnownEnds } from './ends.ts';
import { Enrolments } from './enrolment.ts';
import type { Identities, LoggedStatement, Member } from './identities.ts';
import type { MemberOrder } from './member-order.ts';

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
    if (role === 'administrator' && isInOffice(this.#root, role, keyId, at)) return true;
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
      if (!isInOffice(this.#root, 'administrator', signer, logIndex))
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
