/** Limits of a running registry's process. */

/** Room on the disk that only statements and the status may use, and when they get it. */
export const diskReserveBytes = 16 * 1024 * 1024;
export const diskReserveGivenUpBytes = 4 * 1024 * 1024;
export const diskReserveCheckMs = 1_000;
/** How long the registry waits after it could not make the reserve. */
export const diskReserveRetryMs = 60_000;
