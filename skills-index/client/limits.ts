/** Limits of requests to a registry, and of the memory of a registry. */
export const fetchMilliseconds = 15_000;
/**
 * Limits on all requests of one admission together: their time, and their bytes without index and
 * status.
 */
export const admissionMilliseconds = 60_000;
export const admissionBytesMax = 32 * 1024 * 1024;
export const statementBlobBytesMax = 8 * 1024 * 1024;
/** A pack has at most the blobs of a whole version: statements, files, bundle and scan reports. */
export const packBlobsMax = 1_600;
/** The bytes of the largest single file, with the lengths of the blobs and the heading. */
export const packBytesMax = 5 * 1024 * 1024 + 64 * 1024;
/**
 * Bytes before the first blob: `skillgate.pack/1`, a space, a SHA-256 in hexadecimal, and a line
 * feed.
 */
export const packHeadingBytes = 82;
/** Bytes of the nodes of the log's tree in one pack: about 6,700 nodes. */
export const treeNodesBytesMax = 256 * 1024;
/** Bytes of all files of a skill that are in one pack with the skill's evidence. */
export const packedFilesBytesMax = 1024 * 1024;
/** Parts of one index: 480,000 lines, where each part has 24. */
export const indexPartsReadMax = 20_000;
export const tileBytesMax = 256 * 32;
/** Requests to a registry that may run at the same time. */
export const fetchesAtOnce = 6;
/** Bytes of an entry bundle of the log: 256 entries of 65,535 bytes, each entry with its length. */
export const entryTileBytesMax = 256 * 65_537;
/** Identity statements and revocations that this host keeps of one registry. */
export const knownStatementsMax = 8_192;
export const knownStatementBytesMax = 512 * 1024;
/**
 * How often status and proofs are asked for together, when the proofs are not of the head in the
 * status: the registry keeps the maps of some hundred heads only, and a copy of a registry may be
 * updated between the two answers.
 */
export const wordsTriesMax = 4;
/** The refusal of a registry, and the part of it that a person is shown. */
export const refusalBytesMax = 16 * 1024;
export const refusalCharsMax = 500;
