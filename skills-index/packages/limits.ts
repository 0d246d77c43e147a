/** Limits on lock files. */
export const lockBytesMax = 4 * 1024 * 1024;
export const lockedFilesMax = 400;
export const lockTextCharsMax = 2_000;
export const lockListMax = 50;
