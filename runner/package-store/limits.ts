/** Limits of fetching, unpacking and storing packages. */
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
export const redirectsMax = 5;
export const downloadsAtOnce = 4;
/** Characters of an advisory's summary in a message. */
export const summaryCharsMax = 160;
/** Files that a message about one package names. */
export const namedFilesMax = 5;
/** Bytes of all stored packages of one user. */
export const storedBytesMax = 20 * 1024 * 1024 * 1024;
/** Milliseconds in which the interpreter says its version. */
export const pythonMillisMax = 10_000;
/** What the interpreter may use while it makes byte code, and how much byte code it may make. */
export const compileSecondsMax = 300;
export const compileMemoryMiB = 1_024;
export const compileProcessesMax = 16;
export const byteCodeBytesMax = 512 * 1024 * 1024;
/** Hours for which new packages stay in any case: an installation may be about to use them. */
export const newHours = 24;
/** Bytes of a wheel’s METADATA or of a package.json. The longest have a README of some 300 kB. */
export const metadataBytesMax = 4 * 1024 * 1024;
/** Bytes of a wheel’s RECORD, which has a line for each file. */
export const recordBytesMax = 16 * 1024 * 1024;
