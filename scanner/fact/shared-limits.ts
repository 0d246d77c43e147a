/** Limits that several front ends share, so that none of them loads another. */

export const shellPatternCharsMax = 4_096;

/** Aliases that are followed in one YAML file. */
export const yamlAliasesMax = 2_000;

export const decodedCharsMax = 64 * 1024;

export const settingsTextsMax = 3_000;

export const shellWordsMax = 256;

export const foldedCharsMax = 64 * 1024;

/** Texts that one value may be, from branches, loops and callers. */
export const alternativesMax = 64;

export const detailCharsMax = 120;

export const syntaxDepthMax = 500;
