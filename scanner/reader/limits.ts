/**
 * Limits of the optional reader of prose. The scanner's limits.ts does not have them: a change of
 * that file changes the rule set, and no finding of a report comes from a reader.
 */

/** Characters of sentences in one request, for models with a context of 8,000 tokens. */
export const requestCharsMax = 12_000;
export const requestsMax = 16;
/** A local model without a graphics card reads 12,000 characters in about a minute. */
export const requestSecondsMax = 120;
export const answerBytesMax = 256 * 1024;
export const answerValuesMax = 2_000;
