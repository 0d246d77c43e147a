/** Limits of the log's segments, the unit in the name. */

/** Entries whose bundles go into one segment. */
export const segmentEntries = 256;
/** Bytes of a segment with several batches. */
export const segmentBytesMax = 4 * 1024 * 1024;
