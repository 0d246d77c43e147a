/** Limits of the escape suite. */
export const attemptSecondsDefault = 4;
/** Made at the same time in one batch. */
export const attemptsAtOnceMax = 8;
/** Bytes of one attempt's output that are kept. */
export const attemptOutputBytesMax = 16 * 1024;
/** Of attempts that have a run of their own. */
export const runsAtOnceMax = 2;
/** For all attempts of one batch together. */
export const batchSecondsMax = 240;
export const heardBytesMax = 8 * 1024 * 1024;
export const detailCharsMax = 160;
/**
 * What an attempt on the machine's means takes at most without a sandbox, so that the host survives
 * it.
 */
export const bareProcesses = 400;
export const bareMemoryMiB = 1_200;
