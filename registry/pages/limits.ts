/** Limits of public pages, the unit in the name. */

/** Skills on a page of search results. */
export const foundRows = 20;
/** Versions on a page of a skill. */
export const versionRows = 20;
/** Names in one line about packages. */
export const packageNamesMax = 12;
