/** Limits of copying skills from another registry. */

/** Pages of a list, and skills in all pages together. */
export const listPagesMax = 2_000;
export const listedSkillsMax = 100_000;
/** Items on one page. A registry is asked for `pageItems`. */
export const pageItems = 200;
export const pageItemsMax = 1_000;
/** Pages of the versions of one skill. */
export const versionListPagesMax = 20;
/** The newest versions of a skill that are copied, where the list names no other number. */
export const versionsCopied = 5;
export const versionsCopiedMax = 100;
/** Skills that one line of the list names. */
export const namedSkillsMax = 1_000;
/** Bytes of one JSON answer, and characters of one text and of one name in it. */
export const upstreamAnswerBytesMax = 4 * 1024 * 1024;
export const upstreamTextCharsMax = 2_000;
export const upstreamNameCharsMax = 300;
/** Bytes of an archive beside those of its files: names, headers and the directory. */
export const archiveFrameBytesMax = 2 * 1024 * 1024;
/** Seconds for one answer and for one archive, with all attempts. */
export const upstreamSecondsMax = 120;
/** Seconds after which a registry is asked for nothing more; the next run goes on there. */
export const upstreamRunSecondsMax = 6 * 3_600;
