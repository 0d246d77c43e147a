/** Limits of runs that appear in a plan. */

/** Bytes that a run may write to stdout and stderr together. */
export const outputBytesMax = 8 * 1024 * 1024;
export const processesMax = 256;
/**
 * Sizes of `/tmp` and HOME of a run, and MiB that a run may change in one folder. Host policy may
 * name others.
 */
export const runSizes = { temporaryMiB: 256, homeMiB: 64, changesMiB: 200 };
/** Bytes that all requests of a run together may send. */
export const egressRunBytesMax = 256 * 1024 * 1024;
export const egressRequestsPerMinuteMax = 3_000;
