/**
 * The types of who is who. The files that chain identities import this file; this file imports none
 * of them.
 */
import type { Digest } from '../../skill/digest.ts';
import type { Scope } from '../../skill/name.ts';
import type {
  EnrolledPasskey,
  Identity,
  MemberPredicate,
  MemberRole,
  OidcIdentity,
  ScopePredicate,
  Statement,
} from '../../statement/attestation.ts';
import type { SignedBy } from './match.ts';

/** A statement whose signature and place in the log were verified. */
export interface LoggedStatement extends SignedBy {
  readonly statement: Statement;
  readonly logIndex: number;
  /** Address: SHA-256 of the canonical Sigstore bundle. */
  readonly digest: Digest;
}

export interface Member {
  readonly name: string;
  readonly roles: readonly MemberRole[];
  /** Who the member is at issuers; undefined where no administrator has said. */
  readonly identities?: readonly OidcIdentity[];
}

/** A change that too few administrators have signed yet. */
export interface PendingVote<Change> {
  /** What each of them signs, word for word. */
  readonly change: Change;
  /** Key ids of those who signed it, in log order. */
  readonly by: readonly Digest[];
}

/** What stands against a publisher. */
export interface PublisherWord {
  readonly kind: 'suspended' | 'revoked';
  readonly reason: string;
  readonly logIndex: number;
}

/** One who acts: every id that a key or certificate stands for, and the scope in which. */
export interface Speaker {
  readonly ids: readonly Digest[];
  readonly scope?: Scope;
}

/** Answers about suspensions and revocations of publishers. `PublisherStops` explains each. */
export interface PublisherWords {
  wordOn(speaker: Speaker, at: number): PublisherWord | undefined;
  wordWhenPublished(speaker: Speaker, at: number): PublisherWord | undefined;
  wordOnPublished(
    speaker: Required<Speaker>,
    at: number,
    besides?: Digest,
  ): PublisherWord | undefined;
  isAbout(publisher: Digest, speaker: Required<Speaker>): boolean;
  heirsOf(publisher: Digest): Digest[];
}

export interface Identities {
  /**
   * Whether a key was a member with this role at that log index. Administrators of the root file
   * count too.
   */
  isMember(keyId: Digest, role: MemberRole, atLogIndex: number): boolean;
  memberOf(keyId: Digest, atLogIndex: number): Member | undefined;
  passkeyOf(
    credentialId: string,
    atLogIndex: number,
  ): { readonly member: Member; readonly passkey: EnrolledPasskey } | undefined;
  /** Keys with which the member of this name could sign at that index. */
  keysOf(memberName: string, atLogIndex: number): readonly Digest[];
  /** Passkeys with which the member of this name could sign at that index. */
  passkeysOf(memberName: string, atLogIndex: number): readonly EnrolledPasskey[];
  /** Who may change the scope, rotated keys included; empty when nobody claimed it. */
  ownersOf(scope: Scope, atLogIndex: number): readonly Identity[];
  /** Who may publish in the scope: its publishers where it names some, else its owners. */
  publishersOf(scope: Scope, atLogIndex: number): readonly Identity[];
  /**
   * Scopes that an identity owned or could publish in, the ones in which a key followed another one
   * included.
   */
  scopesOf(identity: Digest, atLogIndex: number): readonly Scope[];
  /** Whether a key was rotated, once or more, into another one: its holder said so with it. */
  follows(keyId: Digest, old: Digest): boolean;
  /**
   * These and all whom they followed in a scope, or who followed those: as far as anybody knows,
   * one person.
   */
  lineOf(scope: Scope, ids: readonly Digest[]): ReadonlySet<Digest>;
  /** What was said of publishers. */
  readonly stops: PublisherWords;
  /** Address of the scope statement that stood at that index: what a change names as `previous`. */
  scopeStatementOf(scope: Scope, atLogIndex: number): Digest | undefined;
  /**
   * Address of the last statement on a key or passkey before an index: what an enrolment names as
   * `previous`.
   */
  memberStatementOf(of: string, atLogIndex: number): Digest | undefined;
  /**
   * Why nobody owns or changes a claimed scope at that index: its statement cannot be verified;
   * undefined when that is not so.
   */
  whyFrozen(scope: Scope, atLogIndex: number): string | undefined;
  /**
   * Log index of the first claim of a scope: in one log it stands for the owner, however often the
   * scope changed hands since.
   */
  firstClaimOf(scope: Scope): number | undefined;
  /** SPKI DER of any key that an identity statement or the root file names. */
  keyOf(keyId: Digest): Uint8Array | undefined;
  /**
   * Changes of scopes, and enrolments, that too few administrators of the root file have signed
   * yet.
   */
  readonly scopeVotes: { pendingOn(about: string): readonly PendingVote<ScopePredicate>[] };
  readonly memberVotes: { pending(): readonly PendingVote<MemberPredicate>[] };
  /**
   * Names of all members that ever held a key, or were named as who an issuer vouches for, at any
   * index.
   */
  namesOf(identity: Digest): ReadonlySet<string>;
  /** Statements that do not count, and why. */
  readonly ignored: readonly {
    readonly digest: Digest;
    readonly logIndex: number;
    readonly why: string;
  }[];
}
