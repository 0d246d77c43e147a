/** Limits of public pages, the unit in the name. */

/** Skills on a page of search results. */
export const foundRows = 20;
/** Versions on a page of a skill. */
export const versionRows = 20;
/** Findings that the page of a version shows. */
export const publicFindingsMax = 100;
/** Steps of one finding's flow. */
export const publicFlowStepsMax = 20;
/** Advisories on a page; each takes three queries. */
export const advisoryRows = 20;
/** Names in one line about packages. */
export const packageNamesMax = 12;
