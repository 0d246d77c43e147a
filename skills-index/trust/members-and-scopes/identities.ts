/**
 * The types of identities, members and scope owners. The files that chain identities import this
 * file; this file imports none of those files.
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
import type { Ends } from './ends.ts';
import type { SignedBy } from './match.ts';

/** A statement whose signature and place in the log were verified. */
export interface LoggedStatement extends SignedBy {
  readonly statement: Statement;
  readonly logIndex: number;
  /** Address of the statement: SHA-256 of the canonical Sigstore bundle. */
  readonly digest: Digest;
}

export interface Member {
  readonly name: string;
  readonly roles: readonly MemberRole[];
  /**
   * The member's identities at OIDC issuers; undefined where no administrator has listed the
   * member's identities.
   */
  readonly identities?: readonly OidcIdentity[];
}

/** A change of a scope or an enrolment that too few administrators have signed yet. */
export interface PendingVote<Change> {
  /** The change that every administrator signs in exactly this form. */
  readonly change: Change;
  /** Key ids of the administrators who signed the change, in log order. */
  readonly by: readonly Digest[];
}

/** A suspension or revocation of a publisher. */
export interface PublisherStop {
  readonly kind: 'suspended' | 'revoked';
  readonly reason: string;
  readonly logIndex: number;
}

/** Every id that a publisher's key or certificate stands for, and the scope of the publication. */
export interface PublisherIds {
  readonly ids: readonly Digest[];
  readonly scope?: Scope;
}

/**
 * Answers questions about suspensions and revocations of publishers. The class `PublisherStops`
 * explains each answer.
 */
export interface StopsOfPublishers {
  stopOn(publisher: PublisherIds, at: number): PublisherStop | undefined;
  stopWhenPublished(publisher: PublisherIds, at: number): PublisherStop | undefined;
  stopOnPublished(
    publisher: Required<PublisherIds>,
    at: number,
    besides?: Digest,
  ): PublisherStop | undefined;
  isAbout(stopped: Digest, publisher: Required<PublisherIds>): boolean;
  heirsOf(publisher: Digest): Digest[];
}

export interface Identities {
  /**
   * Whether a key was a member with this role at that log index. Administrators of the root file
   * count as members, too.
   */
  isMember(keyId: Digest, role: MemberRole, atLogIndex: number): boolean;
  memberOf(keyId: Digest, atLogIndex: number): Member | undefined;
  passkeyOf(
    credentialId: string,
    atLogIndex: number,
  ): { readonly member: Member; readonly passkey: EnrolledPasskey } | undefined;
  /** Keys with which the member of this name could sign at that log index. */
  keysOf(memberName: string, atLogIndex: number): readonly Digest[];
  /** Passkeys with which the member of this name could sign at that log index. */
  passkeysOf(memberName: string, atLogIndex: number): readonly EnrolledPasskey[];
  /**
   * The identities that may change the scope, with the keys that replaced earlier keys; empty for a
   * free scope.
   */
  ownersOf(scope: Scope, atLogIndex: number): readonly Identity[];
  /**
   * The identities that may publish in the scope: the scope's publishers, or its owners when the
   * scope has no publishers.
   */
  publishersOf(scope: Scope, atLogIndex: number): readonly Identity[];
  /** Scopes that an identity owned or could publish in, by a claim or as a successor of a key. */
  scopesOf(identity: Digest, atLogIndex: number): readonly Scope[];
  /**
   * Whether a key is a direct or indirect successor of another key, by statements of the keys'
   * holders.
   */
  follows(keyId: Digest, old: Digest): boolean;
  /**
   * The given identities with all their predecessors and successors in a scope. All these
   * identities count as one person.
   */
  lineOf(scope: Scope, ids: readonly Digest[]): ReadonlySet<Digest>;
  /** The ends of keys and memberships that count. */
  readonly ends: Ends;
  /** The suspensions and revocations of publishers. */
  readonly stops: StopsOfPublishers;
  /**
   * Address of the scope statement in force at that log index. A change of the scope names this
   * address as `previous`.
   */
  scopeStatementOf(scope: Scope, atLogIndex: number): Digest | undefined;
  /**
   * Address of the last statement on a key or passkey before a log index. An enrolment names this
   * address as `previous`.
   */
  memberStatementOf(of: string, atLogIndex: number): Digest | undefined;
  /**
   * Why a scope is frozen at that log index: a statement about the scope cannot be verified, so
   * nobody owns or changes the scope. Undefined for a scope that is not frozen.
   */
  whyFrozen(scope: Scope, atLogIndex: number): string | undefined;
  /**
   * Log index of the first claim of a scope. Clients pin this log index, because it does not change
   * when the scope gets other owners.
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
  /** Names of all members that ever had this key or this identity at an OIDC issuer. */
  namesOf(identity: Digest): ReadonlySet<string>;
  /** Identity statements that do not count, each with the reason. */
  readonly ignored: readonly {
    readonly digest: Digest;
    readonly logIndex: number;
    readonly why: string;
  }[];
}
