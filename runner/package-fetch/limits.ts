/** Limits of fetching and unpacking packages. */

/** Bytes of one wheel or tarball. Larger packages are machine-learning frameworks. */
export const archiveBytesMax = 256 * 1024 * 1024;
/** Bytes of a page of an index: the page of a package with 10,000 files has some 5 MB. */
export const pageBytesMax = 64 * 1024 * 1024;
export const pageFilesMax = 100_000;
/** Bytes of the attestations of one file. */
export const provenanceBytesMax = 1024 * 1024;
/** Seconds for which an index may send nothing. */
export const idleSecondsMax = 30;
/** Seconds for one page or file, with all attempts: an index may send a byte now and then. */
export const downloadSecondsMax = 1_800;
/** Attempts for one page or file, and the pause before the second attempt, doubled each time. */
export const triesMax = 3;
export const pauseMilliseconds = 500;
/** Seconds before the next attempt that an index may ask for (Retry-After); more are cut. */
export const pauseSecondsMax = 60;
export const redirectsMax = 5;
/** Files that a message about one package names. */
export const namedFilesMax = 5;
/** Milliseconds in which the interpreter says its version. */
export const pythonMillisMax = 10_000;
/** Bytes of a wheel’s METADATA or of a package.json. The longest have a README of some 300 kB. */
export const metadataBytesMax = 4 * 1024 * 1024;
/** Bytes of a wheel’s RECORD, which has a line for each file. */
export const recordBytesMax = 16 * 1024 * 1024;
