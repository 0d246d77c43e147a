/** Limits of the files of a registry, the unit in the name. */

/** How long a statement waits for another writer of the file. */
export const databaseWaitMs = 2_000;
/**
 * Frames from which a thread writes the write-ahead log back to the database, and length of the log
 * from which the registry itself writes back what the thread left. A frame is a page of 4 KiB.
 */
export const walFramesAtOnce = 250;
export const walFramesMax = 4_000;
/** How long the end of a registry waits for readers of its database. */
export const closeWaitMs = 100;
/**
 * A database up to the first size is checked in this process, which takes 40 ms at most. One up to
 * the second is checked by a process of its own before anything is written, which takes about a
 * second. A larger one is checked while the registry serves.
 */
export const databaseCheckBytesMax = 16 * 1024 * 1024;
export const databaseFirstCheckBytesMax = 256 * 1024 * 1024;
/**
 * Pages that SQLite keeps. The package is compiled with 16 MiB, and the kernel keeps the pages of
 * the file as well.
 */
export const databaseCacheKiB = 4_096;
