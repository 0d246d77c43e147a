/** Limits of traces, the unit in the name. */

/** Spans that wait for the collector, and those of one request to it. */
export const spansWaitingMax = 2_048;
export const spansSentAtOnce = 512;
/** How long spans wait for others, and how long after a failure: twice as long after each. */
export const spansPauseMs = 5_000;
export const spansFailurePauseMsMax = 60_000;
/** How long the collector may take for one request, and at the end of the registry. */
export const collectorMs = 10_000;
export const collectorEndMs = 1_000;
/** Spans of one trace that a registry makes at most: an upload of many files has many objects. */
export const spansOfTraceMax = 100;
