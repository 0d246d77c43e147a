/** Limits on stops, and on the feed of advisories. */
import type { Pace } from '../pace.ts';

/** Rows on a page of the list of advisories. */
export const advisoriesListed = 1_000;
/** Whole advisories on a page: each takes three queries. */
export const advisoriesAtOnce = 50;
/** Statements that an advisory names. A version is seldom suspended more than a few times. */
export const advisoryStatementsMax = 50;
/** Versions of a stopped publisher that one batch moves. */
export const publisherVersionsAtOnce = 25;
/** The pauses of the check of stopped publishers behind a few statements or versions. */
export const stopsCheckPace: Pace = { least: 20, times: 9, busy: 500 };
/** Statements on stops that are read at once when a key was ended for a past time. */
export const liftsReadAtOnce = 100;
