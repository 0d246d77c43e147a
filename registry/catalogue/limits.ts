/** Limits of the catalogue, the unit in the name. */

/** Skills whose rows one slice renews. */
export const skillsRenewedAtOnce = 5;
/** The newest versions of a skill that are looked at for the one to offer. */
export const offeredCandidatesMax = 64;
/** Skills on a page. */
export const skillsPageRows = 50;
/** Pauses of a running registry between slices: while one is left, usually, after a failure. */
export const catalogueBusyPauseMs = 5;
export const cataloguePauseMs = 500;
export const catalogueFailurePauseMs = 10_000;
