/** Limits of sending the audit log elsewhere. */
/** Entries of one export. */
export const exportBatchLines = 500;
/** Milliseconds that a collector may take. */
export const exportMilliseconds = 10_000;
/** The pause before a collector is asked again doubles from the first figure to the second. */
export const exportPauseMilliseconds = 500;
export const exportPauseMillisecondsMax = 60_000;
/** Attempts for one batch when the export does not follow the log. */
export const exportTriesMax = 3;
