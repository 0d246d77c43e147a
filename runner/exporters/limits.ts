/** Limits of sending the audit log elsewhere. */
/** Entries of one export. */
export const exportBatchLines = 500;
/** Milliseconds that a collector may take. */
export const exportMilliseconds = 10_000;
/** Milliseconds before the next attempt: doubled from the first figure up to the second. */
export const exportPauseMilliseconds = 500;
export const exportPauseMillisecondsMax = 60_000;
/** Attempts for one batch when the export does not follow the log. */
export const exportTriesMax = 3;
