/** Limits on statements and scan reports. */
/** Files beyond this number are not subjects of their own; the bundle's digest stands for them. */
export const statementSubjectsMax = 500;
/** A scan of 1,000 files with paths of 200 bytes has about half of it. */
export const statementBytesMax = 1024 * 1024;
/**
 * Values of its JSON; a scan of 1,000 files has 6,000, a manifest with all that it may ask for
 * 13,000.
 */
export const statementValuesMax = 20_000;
/** Largest JSON of an envelope with its base64 payload and signature. */
export const envelopeBytesMax = 1_500_000;
export const scanReportBytesMax = 64 * 1024 * 1024;
export const findingsMax = 10_000;
/** Values of one scan report's JSON. */
export const scanReportValuesMax = 1_000_000;
/**
 * Entries of a report's coverage: the files of a bundle, and what else lies in a folder and is
 * listed.
 */
export const coverageFilesMax = 1_200;
export const decidingFindingsMax = 10;
export const flowStepsMax = 100;
/**
 * Entries of one kind among capabilities, hosts of a secret and methods of a request, such as only
 * a scanner sees.
 */
export const observedCapabilitiesMax = 2_000;
export const reasonCharsMax = 4_000;
export const memberNameCharsMax = 128;
/** Owners of a scope, and as many publishers. */
export const scopeOwnersMax = 50;
/** Identities at issuers of one member. */
export const memberIdentitiesMax = 20;
/** Issuer, subject, workflow and the like of somebody whom an issuer vouches for. */
export const identityCharsMax = 512;
/**
 * A certificate in base64: Fulcio's have about 1,000 characters, one with a long chain of claims
 * three times that.
 */
export const certificateCharsMax = 16_384;
export const timestampCharsMax = 32_768;
/** Timestamps of one signature. */
export const timestampsMax = 4;
export const checkpointCharsMax = 16_384;
/** Enough for a log of 2^63 entries. */
export const inclusionProofHashesMax = 64;
/** Base64 of a DER signature: at most 72 bytes for P-256. */
export const signatureCharsMax = 96;
/** Base64url of any part of a passkey's assertion. */
export const assertionCharsMax = 8_192;
export const nonceCharsMin = 16;
export const nonceCharsMax = 128;
export const originCharsMax = 300;
export const summaryInputsMax = 100;
/** Sorts of facts that one skill can have, or one rule can read. */
export const selectorsMax = 200;
export const ruleSetRulesMax = 1_000;
/**
 * Of what a skill says to an agent: sentences that are compared between versions, and the
 * characters of all of them.
 */
export const sentencesMax = 10_000;
export const proseCharsMax = 1_000_000;
/** A longer text counts as more than one sentence. */
export const sentenceCharsMax = 1_000;
/** New or changed sentences that are listed. */
export const changedSentencesMax = 500;
