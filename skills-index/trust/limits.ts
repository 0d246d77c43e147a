/** Limits of trust: times, sizes and counts. */
export const rootBytesMax = 64 * 1024;
/** The total size of bundles whose verification a process remembers. */
export const verifiedBytesMax = 8 * 1024 * 1024;
/** The most public keys that a process keeps parsed. */
export const parsedKeysMax = 1_000;
export const rootAdministratorsMax = 20;
export const rootRetiredMax = 100;
export const rootThresholdsMax = 100;
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
/** The most passes of the computation of ended keys; each pass ends at least one more key. */
export const identityRoundsMax = 1_000;
/** The most direct and indirect successors of one key. */
export const successorsMax = 16;
/** Programs that a policy names. */
export const programsMax = 2_000;
export const approvalsMax = 20;
export const clientDataBytesMax = 4_096;
/** Certificates of people and jobs: DER, and one text in them. */
export const certificateBytesMax = 16 * 1024;
export const certificateTextBytesMax = 2_000;
/** Authorities or logs of one kind in a trusted root, and certificates of one authority. */
export const trustedAuthoritiesMax = 50;
export const trustedChainMax = 10;
/** Policies before the present one that still judge what was approved under them. */
export const earlierPoliciesMax = 32;
/** Rule sets that a policy refuses. */
export const refusedRuleSetsMax = 1_000;
/** A bundle that others made: an envelope of any statement, or a signature. */
export const foreignBundleBytesMax = 16 * 1024 * 1024;
