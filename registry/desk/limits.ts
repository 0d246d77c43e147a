/** Limits of a page. Whatever exceeds a limit is linked or mentioned, never dropped silently. */
export const frameLinesMax = 14;
export const frameLineCharsMax = 240;
export const flowStepsShownMax = 40;
export const findingsShownMax = 200;
/** Longer Markdown is shown as plain text only. */
export const markdownCharsMax = 100_000;
/**
 * Text without a blank line: the parser is quadratic in unclosed links (120 KB of them took 7 s).
 */
export const markdownStretchCharsMax = 16_000;
export const markdownDepthMax = 40;
export const fileViewLinesMax = 5_000;
export const fileViewLineCharsMax = 2_000;
/** Lines that differ between two versions of a file. The search takes half the square of them. */
export const lineEditsMax = 2_000;
export const comparedCharsMax = 512 * 1_024;
export const hexBytesMax = 4_096;
/** Share of printable bytes from which a file that is not UTF-8 is shown as text. */
export const printableShareMin = 0.8;
/** Text read for the code frames of one page. */
export const frameSourceBytesMax = 2_000_000;
/** Lines of one common part of two skills. */
export const copyLinesMax = 30;
export const copyLineCharsMax = 400;
/** Advisories shown of one package, and at the top of a version. */
export const packageAdvisoriesShownMax = 10;
export const packageTextCharsMax = 80;
/** Characters of the registry’s reason beside a decision. */
export const decidedWhyCharsMax = 200;
/** Files that were not analysed, listed at the top of a version. */
export const unreadShownMax = 10;
/** Changes since the last approved version, listed at the top of a version. */
export const changesShownMax = 20;
/** Facts of an observation. */
export const observedFactsShownMax = 50;
/** Remarks of a model, listed at the top of a version. */
export const remarksShownMax = 20;
