/** Limits of the catalogue, the unit in the name. */

/** Skills whose rows one slice renews. */
export const skillsRenewedAtOnce = 5;
/** Skills of one slice that get other ids when scopes become private or public. */
export const skillsPlacedAtOnce = 50;
/** Ranges of ids with which each row of a list is compared. */
export const rangesComparedMax = 16;
/** The newest versions of a skill that are looked at for the one to offer. */
export const offeredCandidatesMax = 64;
/** Skills on a page. */
export const skillsPageRows = 50;
/** Words of a query that a search reads. */
export const searchedWordsMax = 32;
/** Characters of the longest word that a search reads. */
export const wordCharsMax = 40;
/**
 * A word that more skills have is not looked up, and is not counted further: looking it up would
 * take longer the more skills there are.
 */
export const skillsOfWordMax = 2_000;
/** The rarest words of a query, which are looked up. */
export const lookedUpWordsMax = 8;
/** Ranges of ids in which one statement of a search looks up words. */
export const rangesSearchedAtOnce = 16;
/** Words that one statement counts, and rows that one statement looks up for all words together. */
export const countedAtOnce = 2;
export const lookedUpRowsMax = 6_000;
/** Skills that a search orders by all words of a query. */
export const searchCandidatesMax = 200;
/** Unknown words that a search corrects: each takes up to 1.4 ms of processor time. */
export const correctedWordsMax = 8;
/** Words of names that take the place of one unknown word. */
export const correctionsMax = 3;
/** Pairs of an unknown word and a word of names that one search reads. */
export const correctionRowsMax = 200;
/** Scopes that a query can name. */
export const searchedScopesMax = 50;
/** Characters of a query. */
export const queryCharsMax = 2_000;
export const searchPageRows = 20;
export const searchPageRowsMax = 50;
