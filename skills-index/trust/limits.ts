/** Limits of trust: times, sizes and counts. */
export const rootBytesMax = 64 * 1024;
export const rootAdministratorsMax = 20;
export const rootRetiredMax = 100;
/** A status file counts for at most this long. */
export const statusSecondsMax = 24 * 60 * 60;
/** Clocks may differ by this much before `issued` counts as in the future. */
export const clockSkewSeconds = 5 * 60;
export const statusBytesMax = 16 * 1024 * 1024;
export const statusMarksMax = 100_000;
/** Values of the status' JSON: five for each mark. */
export const statusValuesMax = 600_000;
export const policyBytesMax = 256 * 1024;
export const indexFileBytesMax = 32 * 1024 * 1024;
export const indexStatementsMax = 500;
/** Rounds in which ended keys may take away what rests on them; each round ends at least one more. */
export const identityRoundsMax = 1_000;
/** Programs that a policy names. */
export const programsMax = 2_000;
export const approvalsMax = 20;
export const clientDataBytesMax = 4_096;
