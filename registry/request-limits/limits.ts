/** How many requests clients may send. */

/**
 * Write requests of clients that are not members, per address: in a burst, and then per second.
 */
export const strangerWritesBurst = 300;
export const strangerWritesPerSecond = 2;
/**
 * Write requests of one account, a member or a signed-in key: in a burst, and then per second. A
 * scanner at work sends two for each version.
 */
export const accountWritesBurst = 1_000;
export const accountWritesPerSecond = 100;
/** Client networks, and accounts, whose requests are counted at one time. */
export const rateBucketsMax = 10_000;
