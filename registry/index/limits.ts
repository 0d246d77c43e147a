/** Limits of index files and their parts. */

/**
 * Lines, and parts of one depth, that an index file has beside its deeper parts. Where there are
 * more, the oldest move into a part.
 */
export const indexEntriesMax = 32;
export const indexEntriesSealed = 24;
/** Lines of parts that an index file repeats with newer hints before the parts are made anew. */
export const indexHintedMax = 16;
/** An index file with the most lines of this length is one that clients read. */
export const indexLineBytesMax = 512 * 1024;
/** Lines that one query reads while parts are made. */
export const indexLinesReadAtOnce = 500;
/**
 * Names on which every version of a scope rests. Installers read at most 1,000 names for a version.
 * The others are for replaced keys, and for the people who scanned and approved the version.
 */
export const scopeNamesMax = 900;
