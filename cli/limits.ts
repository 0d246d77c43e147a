/** Limits of the command line. */
export const requestSecondsMax = 30;
export const uploadSecondsMax = 120;
/** Bytes of one JSON answer of a registry. */
export const answerBytesMax = 32 * 1024 * 1024;
/** Folders and files walked below one path before it is refused, whatever they are. */
export const folderEntriesMax = 200_000;
export const folderDepthMax = 64;
/** Reasons listed before reading a folder is given up. */
export const folderReasonsMax = 200;
export const keyFileBytesMax = 64 * 1024;
export const rootFileBytesMax = 256 * 1024;
/** Skills that `skill import` has under way at once. */
export const importsAtOnceMax = 4;
/** How long `--wait` and `import` wait for one scan. */
export const scanWaitSecondsMax = 900;
export const pollMillisMin = 150;
export const pollMillisMax = 2_000;
/** Restarts of the scanner child: the pause doubles up to this. */
export const restartMillisMin = 500;
export const restartMillisMax = 30_000;
export const answerCharsMax = 200;
