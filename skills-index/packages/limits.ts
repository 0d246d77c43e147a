/** Limits on lock files. */
export const lockBytesMax = 4 * 1024 * 1024;
/**
 * Line ends and other signs beside the keys and values of a TOML text. A lock of uv with packages
 * of many wheels has 350 of them for each package, 104,000 for 300 packages; an honest lock of
 * 4 MiB has some 230,000.
 */
export const tomlSignsMax = 250_000;
/**
 * Such signs, and characters, of one package in a lock: the parser takes 25 ms for them. uv writes
 * 2,600 signs and 51,000 characters for 154 wheels, the most in a lock of 173 packages. 400 wheels
 * have 7,200 signs and 140,000 characters.
 */
export const tomlPartSignsMax = 8_000;
export const tomlPartCharsMax = 256 * 1024;
/** An entry with a version and a hash has 170 bytes, so 4 MiB have at most so many of them. */
export const lockEntriesMax = 25_000;
/** Entries of a package-lock.json that are read in one turn. */
export const lockEntriesAtOnce = 500;
export const lockedFilesMax = 400;
export const lockTextCharsMax = 2_000;
export const lockListMax = 50;
/** A look at a package, as a scanner reports it to the registry. */
export const lookNoteCharsMax = 300;
export const lookTextCharsMax = 200;
export const lookNameCharsMax = 255;
export const lookScriptsMax = 10;
export const lookScriptCharsMax = 100;
export const lookFindingsMax = 20;
export const lookAdvisoriesMax = 50;
export const advisoryIdCharsMax = 80;
export const lookFactsBytesMax = 2_048;
/** Requirements or extras that METADATA may have, with those of all systems and extras. */
export const wheelNeedsMax = 2_000;
/** Requirements that one package or extra of the house may have on one host. */
export const houseNeedsMax = 500;
/** Characters of its markers that name extras, counted for each extra. Honest: 5 million. */
export const extraMarkerCharsMax = 20_000_000;
