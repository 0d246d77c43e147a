/** Limits of single sign-on. */

/** Sign-ins that one browser may have begun, and the length of the cookie with several of them. */
export const begunSignOnsMax = 5;
export const begunSignOnsCharsMax = 3_000;
/** How long the description of the identity provider is used without reading it again. */
export const providerKeptMs = 3_600_000;
/** How long a failure to read the description counts for everybody. */
export const providerFailureKeptMs = 5_000;
export const providerAnswerMs = 10_000;
export const providerAnswerBytesMax = 512 * 1024;
