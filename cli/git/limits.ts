/** Limits on repositories that others wrote. */
/** Seconds that one call of git over the network may take, and processor seconds of a process. */
export const gitSecondsMax = 600;
export const gitProcessorSecondsMax = 300;
/** Bytes of a file that git writes: a pack, or the pack’s index. */
export const gitFileBytesMax = 1024 * 1024 * 1024;
/** Bytes of memory of each process of git. */
export const gitMemoryBytesMax = 4 * 1024 * 1024 * 1024;
/** Bytes of a list of refs or files that git prints. */
export const gitListBytesMax = 32 * 1024 * 1024;
/** Bytes of the messages of git and of the server. */
export const gitMessageBytesMax = 1024 * 1024;
/** Files and links of one commit. */
export const treeEntriesMax = 200_000;
/** Links followed on the way to one file, as Linux does. */
export const linkStepsMax = 40;
/** Bytes of the path in a link. */
export const linkBytesMax = 4_096;
