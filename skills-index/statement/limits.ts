/** Limits on statements and scan reports. */
/** Above this number of files, the bundle's digest stands for all files. */
export const statementSubjectsMax = 500;
/** About twice the size of the scan statement for 1,000 files with paths of 200 bytes. */
export const statementBytesMax = 1024 * 1024;
/**
 * Values in the JSON of a statement. A scan of 1,000 files has 6,000; the largest manifest has
 * 13,000.
 */
export const statementValuesMax = 20_000;
/** Size of an envelope's JSON, with the payload in base64 and the signature. */
export const envelopeBytesMax = 1_500_000;
export const scanReportBytesMax = 64 * 1024 * 1024;
export const findingsMax = 10_000;
/** Values in the JSON of a scan report. */
export const scanReportValuesMax = 1_000_000;
/** Entries in a report's coverage: the files of the bundle, and other entries of the folder. */
export const coverageFilesMax = 1_200;
export const decidingFindingsMax = 10;
export const flowStepsMax = 100;
/**
 * Capabilities of one kind, hosts of one secret, or methods of one request, as a scanner observes
 * them.
 */
export const observedCapabilitiesMax = 2_000;
export const reasonCharsMax = 4_000;
export const memberNameCharsMax = 128;
/** Owners of a scope; the same limit holds for its publishers. */
export const scopeOwnersMax = 50;
/** OIDC identities of one member. */
export const memberIdentitiesMax = 20;
/** Length of an issuer, subject, workflow or similar field of an OIDC identity. */
export const identityCharsMax = 512;
/**
 * A certificate in base64. Fulcio's certificates have about 1,000 characters; one with many claims
 * has three times as many.
 */
export const certificateCharsMax = 16_384;
export const timestampCharsMax = 32_768;
/** Timestamps of one signature. */
export const timestampsMax = 4;
export const checkpointCharsMax = 16_384;
/** Hashes of an inclusion proof; enough for a log of 2^63 entries. */
export const inclusionProofHashesMax = 64;
/** Base64 of a DER signature: at most 72 bytes for P-256. */
export const signatureCharsMax = 96;
/** Any member of a passkey's assertion, in base64url. */
export const assertionCharsMax = 8_192;
export const nonceCharsMin = 16;
export const nonceCharsMax = 128;
export const originCharsMax = 300;
export const summaryInputsMax = 100;
/** Kinds of facts that one skill can have, or one rule can read. */
export const selectorsMax = 200;
export const ruleSetRulesMax = 1_000;
/**
 * Sentences for an agent that are compared between versions; `proseCharsMax` limits the characters
 * of all of them.
 */
export const sentencesMax = 10_000;
export const proseCharsMax = 1_000_000;
/** A longer text is split into several sentences. */
export const sentenceCharsMax = 1_000;
/** New or changed sentences that a comparison lists. */
export const changedSentencesMax = 500;
