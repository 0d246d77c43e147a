/** Limits on what authors and intake read and write, the unit in the name. */

/** Reasons against one archive that are listed; further ones are dropped. */
export const tarReasonsMax = 200;
