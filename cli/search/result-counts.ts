/** How many skills a search names; the help says it as well. */

export const searchResultsMax = 20;

/** Results of `skillgate search`. The host verifies each, with four requests the first time. */
export const searchResults = 5;
