/** Limits of reviews. */

/** Band keys, or signatures, of an earlier release that one slice makes into sketches. */
export const signaturesMovedAtOnce = 20;
