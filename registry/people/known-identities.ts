/** Members, scopes and keys as the registry keeps them between requests. */
import type { Digest } from '../../skills-index/skill/digest.ts';
import type { PublicKey } from '../../skills-index/statement/attestation.ts';
import type { FrozenStatement } from '../../skills-index/trust/members-and-scopes/ends.ts';
import type { Identities } from '../../skills-index/trust/members-and-scopes/identities.ts';
import type { VerifiedStatement } from '../../skills-index/trust/signatures/verify-statement.ts';

/** A statement as the log holds it: verified, or frozen because it cannot be verified. */
export type LoggedIdentityStatement = VerifiedStatement | FrozenStatement;

/**
 * The chain of the statements that a question needs: identity statements, and suspensions and
 * revocations of publishers.
 */
export interface KnownIdentities {
  readonly chain: Identities;
  /** The verified statements, in log order. */
  readonly statements: readonly VerifiedStatement[];
  /** Statements that cannot be verified. Whatever they are about is frozen. */
  readonly frozen: readonly FrozenStatement[];
}

/** The members, whom every question needs. */
export interface KnownMembers extends KnownIdentities {
  /** All statements on members, in log order. */
  readonly words: readonly LoggedIdentityStatement[];
  /** Keys of members, members of the root file first. */
  readonly keys: ReadonlyMap<Digest, PublicKey>;
}

/** An answer, and the log index of the last statement that it takes into account. */
interface Kept<Answer> {
  readonly upTo: number;
  readonly answer: Answer;
}

export interface CachedAnswer extends Kept<KnownIdentities> {
  /** How many statements the answer needs besides those that every answer needs. */
  readonly words: number;
}

/** Keeps members, the last answers and the last verified statements. All can be read again. */
export interface IdentityCache {
  members?: Kept<KnownMembers>;
  /** Answers by their questions, in the order of their last use. */
  answers?: Map<string, CachedAnswer>;
  /** Verified statements by their addresses, in the order of their last use. */
  verified?: Map<Digest, VerifiedStatement>;
  /** Words files by their versions and maps, in the order of their last use. */
  wordsFiles?: Map<string, Uint8Array>;
  /** When a question last let other requests go on, in milliseconds since 1970. */
  turnAt?: number;
}
