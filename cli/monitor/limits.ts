/** Limits of `skillgate monitor`, and of a witness that replays a log. */

/**
 * Seconds between looks, stored data about a log, and the allowed delay of a status behind
 * the log.
 */
export const monitorSecondsDefault = 600;
export const monitorWordsMax = 200_000;
/** Bytes of statements that are not verified again at the next look. */
export const monitorVerifiedBytesMax = 128 * 1024 * 1024;
export const monitorWithheldMax = 1_000;
export const monitorHeadsMax = 200;
/** Values in one file of its state. */
export const monitorStateValuesMax = 1_000_000;
/** Log entries whose statements are fetched before the state is written. */
export const monitorBatchEntries = 256;
/**
 * A registry signs its status every hour and when the log grows; five minutes allow for wrong
 * clocks.
 */
export const statusLagSecondsMax = 65 * 60;
/** How long a registry may show the head of its log without the entries. */
export const notShownSecondsMax = 60 * 60;
/** Immediate retries when a status was signed during a look. */
export const monitorTriesMax = 3;
/** Sizes of a log whose maps of names a process remembers. */
export const monitorMapsMax = 4;
/** Listed differences, and stored folders of evidence. */
export const monitorDifferencesMax = 1_000;
export const monitorEvidenceMax = 100;
/** Bytes of the index of one skill with all its parts. */
export const monitorIndexBytesMax = 256 * 1024 * 1024;
/** Judged index lines that a process remembers. */
export const monitorLinesMax = 100_000;
/**
 * How long a witness cosigns after one good replay: a number of looks, or longer for a long replay.
 */
export const replayHoldsLooks = 3;
export const replayHoldsSeconds = 600;
/** How long after the next look a witness cosigns a head that is larger than its replay. */
export const replayAheadSeconds = 60;
