/** Limits of the package indexes of sessions. */

/** Bytes of an index's answer about one package: npm's largest have some 20 MB. */
export const indexAnswerBytesMax = 64 * 1024 * 1024;
/** Bytes of one file of a package. The largest wheels have some 2 GB. */
export const packageBytesMax = 4 * 1024 * 1024 * 1024;
/** Packages whose answers a session's runner remembers; older ones are read again. */
export const rememberedPackagesMax = 2_000;
/** Files in the folder of a `file:` index. */
export const indexFilesMax = 50_000;
/** Advisories in one folder that has no folder for each package. */
export const advisoriesMax = 50_000;
export const advisoryBytesMax = 1024 * 1024;
