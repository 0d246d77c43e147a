/** Limits of trust: times, sizes and counts. */
export const rootBytesMax = 64 * 1024;
/** Maximum total size of bundles whose verification a process remembers. */
export const verifiedBytesMax = 8 * 1024 * 1024;
/** Maximum number of public keys that a process keeps parsed. */
export const parsedKeysMax = 1_000;
export const rootAdministratorsMax = 20;
export const rootRetiredMax = 100;
export const rootThresholdsMax = 100;
/** A status file counts for at most this many seconds. */
export const statusSecondsMax = 24 * 60 * 60;
/**
 * Clocks may differ by this many seconds before the `issued` time of a status counts as in the
 * future.
 */
export const clockSkewSeconds = 5 * 60;
/** A status has a note of at most 64 KiB, twice in other encodings. */
export const statusBytesMax = 128 * 1024;
/** A words file: the names on which a version rests, each with a proof of some forty hashes. */
export const wordsNamesMax = 1_000;
export const wordsFileValuesMax = 100_000;
export const wordsFileBytesMax = 4 * 1024 * 1024;
export const policyBytesMax = 256 * 1024;
export const indexFileBytesMax = 32 * 1024 * 1024;
/** Parts that one index file names. */
export const indexPartsMax = 1_000;
export const indexStatementsMax = 500;
/**
 * Maximum number of passes in the computation of ended keys; each pass ends at least one more key.
 */
export const identityRoundsMax = 1_000;
/** Maximum number of direct and indirect successors of one key. */
export const successorsMax = 16;
/** Maximum number of programs that a policy names. */
export const programsMax = 2_000;
export const approvalsMax = 20;
export const clientDataBytesMax = 4_096;
/**
 * Maximum size of a certificate of a person or CI job in DER, and of one text in the certificate.
 */
export const certificateBytesMax = 16 * 1024;
export const certificateTextBytesMax = 2_000;
/**
 * Maximum number of authorities or logs of one kind in a trusted root, and of certificates of one
 * authority.
 */
export const trustedAuthoritiesMax = 50;
export const trustedChainMax = 10;
/** Maximum number of earlier policies that still judge the versions approved under them. */
export const earlierPoliciesMax = 32;
/** Maximum number of rule sets that a policy refuses. */
export const refusedRuleSetsMax = 1_000;
