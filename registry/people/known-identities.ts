/** Who is who, as the registry keeps it between requests. */
import type { Digest } from '../../skills-index/skill/digest.ts';
import type { PublicKey } from '../../skills-index/statement/attestation.ts';
import type { FrozenStatement } from '../../skills-index/trust/identity/frozen-statement.ts';
import type { Identities } from '../../skills-index/trust/identity/identities.ts';
import type { VerifiedStatement } from '../../skills-index/trust/verify-statement.ts';

/**
 * The chain as last computed, and the verified statements it was computed from: who is who, and
 * what was said of publishers.
 */
export interface KnownIdentities {
  readonly chain: Identities;
  readonly statements: readonly VerifiedStatement[];
  /** Statements that cannot be verified, and freeze what they are about. */
  readonly frozen: readonly FrozenStatement[];
  /** Every key that the root file or an identity statement names. */
  readonly keys: ReadonlyMap<Digest, PublicKey>;
  /** Keys of members, those of the root file first. */
  readonly memberKeys: readonly PublicKey[];
  /** Of the last statement that was read. */
  readonly logIndex: number;
}

/** Holds what was computed last; a new identity statement makes it compute again. */
export interface IdentityCache {
  known?: KnownIdentities;
}
