/** Limits of stored packages. */

export const downloadsAtOnce = 4;
/** Characters of an advisory's summary in a message. */
export const summaryCharsMax = 160;
/** Bytes of all stored packages of one user. */
export const storedBytesMax = 20 * 1024 * 1024 * 1024;
/** What the interpreter may use while it makes byte code, and how much byte code it may make. */
export const compileSecondsMax = 300;
export const compileMemoryMiB = 1_024;
export const compileProcessesMax = 16;
export const byteCodeBytesMax = 512 * 1024 * 1024;
/** Hours for which new packages stay in any case: an installation may be about to use them. */
export const newHours = 24;
