/** Members, scopes and keys as the registry keeps them between requests. */
import type { Digest } from '../../skills-index/skill/digest.ts';
import type { PublicKey } from '../../skills-index/statement/attestation.ts';
import type { FrozenStatement } from '../../skills-index/trust/members-and-scopes/frozen-statement.ts';
import type { Identities } from '../../skills-index/trust/members-and-scopes/identities.ts';
import type { VerifiedStatement } from '../../skills-index/trust/signatures/verify-statement.ts';

/**
 * The chain as last computed, and the verified statements that it was computed from: identity
 * statements, and suspensions and revocations of publishers.
 */
export interface KnownIdentities {
  readonly chain: Identities;
  readonly statements: readonly VerifiedStatement[];
  /** Statements that cannot be verified. Whatever they are about is frozen. */
  readonly frozen: readonly FrozenStatement[];
  /** Every key that the root file or an identity statement names. */
  readonly keys: ReadonlyMap<Digest, PublicKey>;
  /** Keys of members, members of the root file first. */
  readonly memberKeys: readonly PublicKey[];
  /** Log index of the last statement that was read. */
  readonly logIndex: number;
}

/** Keeps the last computed identities. A new identity statement makes the cache compute again. */
export interface IdentityCache {
  known?: KnownIdentities;
}
