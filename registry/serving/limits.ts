/** Limits of a running registry's process. */

/** Room on the disk that only statements and the status may use, and when they get it. */
export const diskReserveBytes = 16 * 1024 * 1024;
export const diskReserveGivenUpBytes = 4 * 1024 * 1024;
export const diskReserveCheckMs = 1_000;
