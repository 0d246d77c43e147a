/** Limits of an observation: how long, how much and how many. */
/** Seconds of all steps together, of one step, and for the processes that a step left behind. */
export const observationSecondsMax = 60;
/** Seconds of an observation that belong to the end of its last steps: kills, and comparisons. */
export const endSeconds = 4;
export const stepSecondsMax = 8;
/** Seconds beyond its time after which the process of an observation is killed. */
export const watchdogSeconds = 10;
/** The exit code of a step that had no time for all of its modules: EX_TEMPFAIL of sysexits.h. */
export const lateCode = 75;
export const leftBehindSecondsMax = 1.2;
/** Steps of one observation, and steps at the same time. */
export const stepsMax = 120;
export const stepsAtOnce = 2;
/** MiB of memory, processes and MiB of written files of one step. */
export const stepMemoryMiB = 512;
export const stepProcessesMax = 128;
export const stepWrittenMiBMax = 128;
/** Bytes of one request, and of one line of the responder, which has a datagram of 64 KiB whole. */
export const requestBytesMax = 4 * 1024 * 1024;
export const wireLineBytesMax = 128 * 1024;
/** Bytes of one step's connections that no request has explained. */
export const openBytesMax = 64 * 1024 * 1024;
/** Requests of one step that are kept; later ones only with a decoy, and the step is reported. */
export const requestsMax = 400;
/** Bytes of the file in which the programs inside report what they saw, and reports of one step. */
export const reportBytesMax = 256 * 1024;
export const reportsMax = 500;
/** Steps without time that an observation names. */
export const leftOutNamedMax = 20;
/**
 * Facts of one observation, their bytes as JSON (a registry takes 512 KiB with everything else),
 * and characters of a detail of a fact.
 */
export const factsMax = 200;
export const factBytesMax = 384 * 1024;
export const detailCharsMax = 200;
/** Ports that a submission names, by which a declared host is told from another. */
export const namedPortsMax = 100;
/** Milliseconds between two looks at a running step. */
export const lookMilliseconds = 25;
/** Bytes of submissions' texts in which ports are searched. */
export const searchedBytesMax = 2 * 1024 * 1024;
/** Files and entries of decoy folders that are compared after a step. */
export const comparedEntriesMax = 5_000;
/** Entries that are compared below one folder of startup files. */
export const watchedEntriesMax = 500;
