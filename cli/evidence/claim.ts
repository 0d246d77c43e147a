/** One claim of a report, and how it was checked. */

/**
 * `verified`: this program recomputed the claim. `stated`: only the named party says so. `open`:
 * the claim could not be verified. `false`: the evidence contradicts the report.
 */
export type Standing = 'verified' | 'stated' | 'open' | 'false';

export interface Claim {
  /** The part of the report: `report`, a host, or a version. */
  readonly about: string;
  readonly says: string;
  readonly standing: Standing;
  /** By what it was verified, who states it, or why it could not be verified. */
  readonly why: string;
}

export type ClaimOf = (about: string, says: string, why: string) => Claim;

/** A claim that this program computed. */
export const verified: ClaimOf = (about, says, why) => ({ about, says, standing: 'verified', why });

/** A claim that only the named party makes. */
export const stated: ClaimOf = (about, says, why) => ({ about, says, standing: 'stated', why });

/** A claim that could not be verified. */
export const open: ClaimOf = (about, says, why) => ({ about, says, standing: 'open', why });

/** A claim that the evidence contradicts. */
export const contradicted: ClaimOf = (about, says, why) => ({
  about,
  says,
  standing: 'false',
  why,
});
