/** Limits of archives that are read. */

/** Bytes of all files of one unpacked package, and of one file. */
export const unpackedBytesMax = 1024 * 1024 * 1024;
export const unpackedFileBytesMax = 512 * 1024 * 1024;
/**
 * Unpacked bytes for each byte of the archive. Archives that unpack to less than `freeBytes` may
 * have any ratio.
 */
export const unpackedRatioMax = 100;
export const freeBytes = 64 * 1024 * 1024;
export const packageFilesMax = 50_000;
export const packagePathBytesMax = 400;
export const packagePathDepthMax = 32;
