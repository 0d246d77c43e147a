/** Limits of retention, the unit in the name. */

export const retentionDaysMax = 36_500;
/** Versions whose files one slice deletes, and objects that one slice removes. */
export const filesDeletedAtOnce = 10;
export const blobsRemovedAtOnce = 200;
/** How long a backup can learn of a removal. */
export const removalsKeptMs = 90 * 24 * 3_600_000;
/** Deletions that the desk lists. */
export const deletionsShownMax = 10;
