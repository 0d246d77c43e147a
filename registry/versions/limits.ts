/** Limits of versions, the unit in the name. */

/** Publishers and scopes whose bytes the desk lists. */
export const largestOwnersMax = 20;
/** Approved versions among which the last one that is shown as approved is looked for. */
export const approvedLookedAtMax = 100;
/** Waiting versions of one slice whose scans are asked again after a scanner was ended. */
export const scansAskedAtOnce = 50;
