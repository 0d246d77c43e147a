/**
 * Limits of a scan. Steps are counted, not timed, so that the same bytes stop at the same place on
 * every machine.
 */
export const sourceCharsMax = 5 * 1024 * 1024;
/**
 * Code of one language that is held in memory at once; what is beyond, in the order of paths, is
 * not analysed.
 */
export const programCharsMax = 6 * 1024 * 1024;
export const embeddedDepthMax = 3;
/** Steps that a program inside of another text costs before it is read. */
export const embeddedProgramSteps = 200;
export const syntaxDepthMax = 500;
/**
 * Operands of one expression `a + b + …`: the type checker climbs it anew from every name in it.
 */
export const operandsMax = 2_000;
/** List and quote markers at the start of one line of Markdown. */
export const lineMarkersMax = 100;
/**
 * Steps of one skill: one is about one syntax node, one fact, one edge or 64 characters of text.
 */
export const scanSteps = 20_000_000;
export const flowStepsMax = 40;
export const flowsMax = 20_000;
export const findingsPerRuleMax = 100;
export const snippetCharsMax = 400;
export const detailCharsMax = 120;
export const foldedCharsMax = 64 * 1024;
/**
 * Characters of one text put together that cost no steps; each beyond costs one, since facts hold
 * the text for each place.
 */
export const foldedFreeChars = 1_024;
/** Watchdog of a child, which gives no report. */
export const scanSecondsMax = 60;
export const childMemoryMiB = 1_024;
/** Stack of a scan, in a child as in a worker thread: both judge a deep text alike. */
export const scanStackKiB = 3_900;
export const childScansMax = 200;
/** Processes and threads of the user that children run as: one has about a dozen. */
export const childThreadsMax = 1_024;
export const jobPollMillisecondsMin = 500;
export const jobPollMillisecondsMax = 15_000;
export const observedPerKindMax = 500;
/** Most bytes of a child's answer: more than the registry takes is no report. */
export const childAnswerBytesMax = 16 * 1024 * 1024;
export const childStartSecondsMax = 30;
export const requestSecondsMax = 60;
export const answerBytesMax = 8 * 1024 * 1024;
/** Texts that one value may be, from branches, loops and callers. */
export const alternativesMax = 4;
export const decodedCharsMax = 64 * 1024;
/** Blobs of one text that are looked into. */
export const decodedBlobsMax = 100;
export const plainWordsCharsMax = 20_000;
export const marksPerTextMax = 5_000;
export const encodedRunsMax = 8;
export const paragraphCharsMax = 20_000;
export const yamlCharsMax = 512 * 1024;
export const tomlCharsMax = 256 * 1024;
export const settingsDepthMax = 200;
export const settingsTextsMax = 3_000;
export const shellTaintsMax = 24;
export const shellTaintStepsMax = 12;
export const shellWordsMax = 64;
export const shellLoopWordsMax = 8;
export const shellPipelineMax = 64;
export const shellPatternCharsMax = 4_096;
/** Characters of a text times those of a pattern that is tried on it. */
export const shellPatternWorkMax = 1_000_000;
/** Rounds of loops over known words or numbers that one script is gone through one by one. */
export const shellRoundsMax = 2_000;
export const shellRoundsOfLoopMax = 128;
/**
 * Rounds that a loop of unknown length is gone through; what still changes then is computed where
 * it is run.
 */
export const shellRepeatsMax = 8;
export const shellTrapsMax = 16;
export const shellArrayItemsMax = 256;
/** Steps for each item of an array when it is put together anew. */
export const shellItemSteps = 4;
/** Steps that one flow in a shell script counts for: it is looked at by every rule on flows. */
export const shellFlowSteps = 200;
export const shellCallDepthMax = 12;
export const shellWrapperDepthMax = 8;
export const shellCodeDepthMax = 6;
export const pythonCallSitesMax = 16;
/** Steps of computing expressions, per module, to which as many are added as it has characters. */
export const pythonFoldSteps = 100_000;
export const pythonFoldFailuresMax = 6;
/**
 * Values that wait for values of other expressions, of other functions too: a call stack is not
 * endless.
 */
export const pythonValuesDepthMax = 250;
/** Nodes of a Python tree one inside the other; what is deeper is not analysed. */
export const pythonTreeDepthMax = 1_000;
/**
 * Operands of one expression of Python `a + b + …`, links of one `a.b().c()…`: the parser's own
 * trees are wrong from 2,500 on.
 */
export const pythonChainMax = 1_600;
/** Items that a list is followed with, one by one. */
export const pythonItemsMax = 256;
/** Steps of each way that a parser tries while it recovers from an error, for each token. */
export const parserRecoverySteps = 12;
/** Bytes behind the end of a picture that nobody asks about: padding, a line end. */
export const looseBytesMax = 64;
/** Characters in a row that make a text inside of a picture or a decoded one. */
export const runCharsMin = 24;
export const mediaTextCharsMax = 64 * 1024;
/** Archives in archives. */
export const archiveDepthMax = 3;
export const archiveEntriesMax = 2_000;
/** All that comes out of the archives of one skill. */
export const archiveBytesMax = 50 * 1024 * 1024;
/** Bytes out for one byte in, of entries that are larger than `archiveFreeBytes`. */
export const archiveRatioMax = 100;
export const archiveFreeBytes = 1024 * 1024;
export const pdfObjectsMax = 50_000;
/** Text that is taken out of one document. */
export const documentTextCharsMax = 2 * 1024 * 1024;
export const documentFontsMax = 200;
/** A block of stored facts, unpacked. */
export const storedBlockBytesMax = 256 * 1024 * 1024;
/** All stored facts of one scanner; the oldest go first. */
export const storedFactsBytesMax = 2 * 1024 * 1024 * 1024;
export const lexicalLineCharsMax = 10_000;
export const lexicalStatementLinesMax = 40;
/** Programs that are found in the strings of one program that is read lexically. */
export const lexicalProgramsMax = 200;
/** Variables and saved files that are followed through one such program. */
export const lexicalHeldMax = 200;
/** Of letters and digits without a word in it: more is data. */
export const blobCharsMin = 2_000;
/** Aliases that are followed in one YAML file. */
export const yamlAliasesMax = 2_000;
