/** Limits of the client: how long and how much it takes from a registry. */
export const fetchMilliseconds = 15_000;
/**
 * All requests of one admission together: how long, and how much besides index and status, which
 * have limits of their own.
 */
export const admissionMilliseconds = 60_000;
export const admissionBytesMax = 32 * 1024 * 1024;
export const statementBlobBytesMax = 8 * 1024 * 1024;
export const tileBytesMax = 256 * 32;
/** Requests at one time. */
export const fetchesAtOnce = 6;
/** Of a status that comes from elsewhere than its registry. */
export const furtherStatusBytesMax = 4 * 1024 * 1024;
/** Bytes of an entry bundle: 256 entries of 65,535 bytes, each with its length. */
export const entryTileBytesMax = 256 * 65_537;
/** Statements about who is who that are kept of one registry. */
export const knownStatementsMax = 8_192;
export const knownStatementBytesMax = 512 * 1024;
