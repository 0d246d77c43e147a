/** Limits of the escape suite. */
export const attemptSecondsDefault = 4;
/** Concurrent attempts of one batch. */
export const attemptsAtOnceMax = 8;
/** Bytes of one attempt's output that are kept. */
export const attemptOutputBytesMax = 16 * 1024;
/** Concurrent attempts with their own run. */
export const runsAtOnceMax = 2;
/** For all attempts of one batch together. */
export const batchSecondsMax = 240;
export const receivedBytesMax = 8 * 1024 * 1024;
export const detailCharsMax = 160;
/** Bounds of attempts that use up resources, without a sandbox: the host must survive them. */
export const bareProcesses = 400;
export const bareMemoryMiB = 1_200;
