/** Limits of the log's segments, the unit in the name. */

/** Entries whose bundles go into one segment. */
export const segmentEntries = 256;
/** Bytes of a segment with several batches. */
export const segmentBytesMax = 4 * 1024 * 1024;
/** Segments that one cron trigger of a Worker makes. */
export const segmentsAtOnce = 4;
/**
 * Pauses of a running registry between two segments: usually, while entries of an older database
 * are left, and after a failure.
 */
export const segmentPauseMs = 60_000;
export const segmentBusyPauseMs = 250;
export const segmentFailurePauseMs = 600_000;
