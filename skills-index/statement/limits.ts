/** Limits on statements and scan reports. */
/**
 * A statement about a version has the bundle and at most this many files as subjects. With more
 * files, the bundle is the only subject.
 */
export const statementSubjectsMax = 500;
/**
 * Maximum size of a statement: about twice the size of the scan statement for 1,000 files with
 * paths of 200 bytes.
 */
export const statementBytesMax = 1024 * 1024;
/**
 * Maximum number of values in the JSON of a statement. A scan of 1,000 files has 6,000 values; the
 * largest manifest has 13,000 values.
 */
export const statementValuesMax = 20_000;
/** Maximum size of an envelope's JSON, with the payload in base64 and the signature. */
export const envelopeBytesMax = 1_500_000;
export const scanReportBytesMax = 64 * 1024 * 1024;
export const findingsMax = 10_000;
/** Maximum number of values in the JSON of a scan report. */
export const scanReportValuesMax = 1_000_000;
/**
 * Maximum number of entries in a scan report's coverage: the files of the bundle, and other entries
 * of the skill's folder.
 */
export const coverageFilesMax = 1_200;
export const decidingFindingsMax = 10;
export const flowStepsMax = 100;
/**
 * Maximum number of capabilities of one kind, hosts of one secret, or methods of one request, as a
 * scanner observes them.
 */
export const observedCapabilitiesMax = 2_000;
export const reasonCharsMax = 4_000;
export const memberNameCharsMax = 128;
/** Maximum number of a scope's owners; the same limit holds for a scope's publishers. */
export const scopeOwnersMax = 50;
/** Maximum number of OIDC identities of one member. */
export const memberIdentitiesMax = 20;
/** Maximum length of an issuer, subject, workflow or similar field of an OIDC identity. */
export const identityCharsMax = 512;
/**
 * Maximum length of a certificate in base64. Fulcio's certificates have about 1,000 characters; a
 * certificate with many claims has three times as many.
 */
export const certificateCharsMax = 16_384;
export const timestampCharsMax = 32_768;
/** Maximum number of timestamps of one signature. */
export const timestampsMax = 4;
export const checkpointCharsMax = 16_384;
/** Maximum number of hashes in an inclusion proof; enough for a log of 2^63 entries. */
export const inclusionProofHashesMax = 64;
/** Maximum length of a DER signature in base64. A P-256 signature in DER has at most 72 bytes. */
export const signatureCharsMax = 96;
/** Maximum length of any member of a passkey's assertion, in base64url. */
export const assertionCharsMax = 8_192;
export const nonceCharsMin = 16;
export const nonceCharsMax = 128;
export const originCharsMax = 300;
export const summaryInputsMax = 100;
/**
 * Maximum number of sentences for an agent that are compared between two versions. `proseCharsMax`
 * limits the characters of all these sentences together.
 */
export const sentencesMax = 10_000;
export const proseCharsMax = 1_000_000;
/** A text for an agent that is longer than this is split into several sentences. */
export const sentenceCharsMax = 1_000;
/** Maximum number of new or changed sentences that a comparison of two versions lists. */
export const changedSentencesMax = 500;
