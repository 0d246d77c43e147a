/** Limits of reviews. */

/** So many earlier versions of a skill are searched for a question. */
export const questionedVersionsMax = 20;
/** Versions whose evidence could not be read that one slice beside requests judges again. */
export const failedAtOnce = 4;
