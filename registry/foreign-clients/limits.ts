/** Limits of the routes for clients of other registries' forms, the unit in the name. */

/** Skills in one index: the client fetches all of them before it asks a person. */
export const indexedSkillsMax = 200;
/** Rows on a page of ClawHub's lists. */
export const listedAtOnce = 50;
/** How long a client of MCP may keep an answer. A stop counts at once for those who ask again. */
export const mcpCacheMilliseconds = 30_000;
/** The newest approved versions among which the client's copy is looked for. */
export const fingerprintedVersionsMax = 20;
/** Versions of which one request may ask for the verdicts; OpenClaw asks for so many at once. */
export const verdictsAtOnce = 100;
/** Characters of a version's capabilities in the overview that a person reads. */
export const overviewCharsMax = 600;
/** The newest approved versions that npm's document of a skill has. */
export const npmVersionsMax = 20;
/** Bytes of an archive that is made whole, and then kept in memory with other small files. */
export const wholeFileBytesMax = 768 * 1024;
