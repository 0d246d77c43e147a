/** Limits on statements and scan reports. */
/** Files beyond this number are not subjects of their own; the bundle's digest stands for them. */
export const statementSubjectsMax = 500;
export const statementBytesMax = 4 * 1024 * 1024;
export const scanReportBytesMax = 64 * 1024 * 1024;
export const findingsMax = 10_000;
export const reasonCharsMax = 4_000;
export const memberNameCharsMax = 128;
export const scopeOwnersMax = 50;
