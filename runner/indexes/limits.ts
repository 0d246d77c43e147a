/** Limits of the package indexes of sessions. */

/** Bytes of an index's answer about one package: npm's largest have some 20 MB. */
export const indexAnswerBytesMax = 64 * 1024 * 1024;
/** Bytes of one file of a package. The largest wheels have some 2 GB. */
export const packageBytesMax = 4 * 1024 * 1024 * 1024;
/** Packages whose answers a session's runner remembers; older ones are read again. */
export const rememberedPackagesMax = 2_000;
/** Files in the folder of a `file:` index. */
export const indexFilesMax = 50_000;
/** Advisories in one folder that has no folder for each package, and in one archive. */
export const advisoriesMax = 300_000;
export const archivedAdvisoriesMax = 1_000_000;
export const advisoryBytesMax = 1024 * 1024;
/** Bytes of one archive of advisories, which the first read holds in memory. */
export const advisoryArchiveBytesMax = 1024 * 1024 * 1024;
/**
 * Parts of the note of which advisory names which package. A start reads one part for each package,
 * and of 250,000 packages a part has four.
 */
export const noteParts = 65_536;
