/** Limits of reviews. */

/** Band keys, or signatures, of an earlier release that one slice makes into sketches. */
export const signaturesMovedAtOnce = 20;

/** So many earlier versions of a skill are searched for a question. */
export const questionedVersionsMax = 20;
/** Versions whose evidence could not be read that one slice beside requests judges again. */
export const failedAtOnce = 4;
