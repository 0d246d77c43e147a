/** Limits on skills. */
export const bundleFilesMax = 1_000;
export const bundleFileBytesMax = 5 * 1024 * 1024;
export const bundleBytesMax = 20 * 1024 * 1024;
export const pathBytesMax = 200;
export const pathDepthMax = 16;
export const manifestBytesMax = 256 * 1024;
export const frontMatterBytesMax = 64 * 1024;
/**
 * Maximum number of line feeds and of signs between nodes (such as colons, commas, quotes, opening
 * brackets and list dashes) in the front matter of SKILL.md.
 */
export const frontMatterPartsMax = 5_000;
export const jsonDepthMax = 64;
/** Maximum number of values in one JSON document: objects, lists, and their members. */
export const jsonValuesMax = 100_000;
/** For a JSON document with more values than this number, only the first reason is reported. */
export const allReasonsValuesMax = 5_000;
/** Maximum number of characters of a wrong value that a message shows. */
export const shownValueCharsMax = 200;
export const namePartCharsMax = 64;
export const versionCharsMax = 128;
export const descriptionCharsMax = 1_024;
export const capabilitiesMax = 200;
export const commandsMax = 100;
export const runSecondsMax = 3_600;
export const runSecondsDefault = 120;
export const runMemoryMiBMax = 16_384;
export const runMemoryMiBDefault = 512;
export const whyCharsMax = 500;
/** Maximum number of packages of one ecosystem that one lock of a skill may pin. */
export const packagesMax = 300;
export const packageRequiresMax = 100;
export const packageRequireCharsMax = 300;
export const packageVersionCharsMax = 100;
export const licenseCharsMax = 200;
export const requiresMax = 50;
export const secretHostsMax = 20;
export const methodsMax = 20;
export const mountTargetCharsMax = 200;
export const yamlAliasesMax = 20;
/** Maximum number of reasons that one message lists; further reasons are only counted. */
export const reasonsMax = 100;
