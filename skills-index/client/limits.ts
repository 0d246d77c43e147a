/** Limits of requests to a registry, and of the memory of a registry. */
export const fetchMilliseconds = 15_000;
/** All requests of one admission: time, and bytes besides index and status. */
export const admissionMilliseconds = 60_000;
export const admissionBytesMax = 32 * 1024 * 1024;
export const statementBlobBytesMax = 8 * 1024 * 1024;
export const tileBytesMax = 256 * 32;
/** Requests at the same time. */
export const fetchesAtOnce = 6;
/** A status from a further source. */
export const furtherStatusBytesMax = 4 * 1024 * 1024;
/** Bytes of an entry bundle: 256 entries of 65,535 bytes, each with its length. */
export const entryTileBytesMax = 256 * 65_537;
/** Identity statements and revocations that this host keeps of one registry. */
export const knownStatementsMax = 8_192;
export const knownStatementBytesMax = 512 * 1024;
