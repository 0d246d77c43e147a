/** Limits of uploads that wait for adoption, the unit in the name. */

/** How long an upload waits, and how long the files of an upload wait for its last request. */
export const uploadKeptMs = 7 * 24 * 3_600_000;
export const uploadFilesKeptMs = 60 * 60_000;
/** Uploads of one scope that wait at one time. */
export const waitingUploadsMax = 20;
/** Tokens of one scope. */
export const uploadTokensMax = 20;
export const uploadTokenDaysMax = 365;
/** Uploads, and files of uploads, that one step of retention removes. */
export const uploadsRemovedAtOnce = 50;
/** The list of an upload's files as JSON: up to 1,000 files of some 500 bytes each. */
export const uploadListBytesMax = 1024 * 1024;
