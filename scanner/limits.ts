/**
 * Limits of a scan. Steps are counted, not timed, so that the same bytes stop at the same place on
 * every machine.
 */
export const sourceCharsMax = 5 * 1024 * 1024;
/**
 * Code of one language in memory at once. Code beyond the limit, in the order of paths, is not
 * analysed.
 */
export const programCharsMax = 6 * 1024 * 1024;
export const embeddedDepthMax = 3;
/** Steps that an embedded program costs before it is read. */
export const embeddedProgramSteps = 200;
export const syntaxDepthMax = 500;
/** Nodes that TypeScript's parser may make of a text, in all readings that it tries. */
export const parserFreeNodes = 50_000;
export const parserNodesPerChar = 2;
/**
 * Operands of one expression `a + b + …`: the type checker walks it again from every name in it.
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
export const detailCharsMax = 120;
export const foldedCharsMax = 64 * 1024;
/**
 * Characters of one computed text that cost no steps. Each further character costs one, since facts
 * store the text at each place.
 */
export const foldedFreeChars = 1_024;
/** The watchdog ends a child after this time, and the child gives no report. */
export const scanSecondsMax = 60;
/**
 * Code of one package in one scan, and in all scans of the package: a megabyte takes some seconds.
 */
export const packagePartBytesMax = 512 * 1024;
export const packageCodeBytesMax = 32 * 1024 * 1024;
/** The beginning of a package's file, which tells a program from data. */
export const packageHeadBytes = 4_096;
/** No further part of a package is scanned after this time. */
export const packageScanSecondsMax = 240;
export const childScansMax = 200;
/** Results of front ends that a scanner remembers, as estimated. */
export const memoBytesMax = 24 * 1024 * 1024;
/** Characters of the texts whose words and marks a scanner remembers. */
export const recentTextCharsMax = 256 * 1024;
/** Characters of the sources that a scanner remembers. */
export const recentSourceCharsMax = 2 * 1024 * 1024;
/** Processes and threads of the user that runs children; one child has about a dozen. */
export const childThreadsMax = 1_024;
export const jobPollMillisecondsMin = 500;
export const jobPollMillisecondsMax = 15_000;
/** Causes that a scanner remembers, so that each is printed once. */
export const namedFailuresMax = 100;
export const observedPerKindMax = 500;
/** Bytes of a child's answer. The registry rejects longer reports. */
export const childAnswerBytesMax = 16 * 1024 * 1024;
export const childStartSecondsMax = 30;
export const requestSecondsMax = 60;
export const answerBytesMax = 8 * 1024 * 1024;
/** Texts that one value may be, from branches, loops and callers. */
export const alternativesMax = 64;
export const decodedCharsMax = 64 * 1024;
/** Blobs of one text that are decoded. */
export const decodedBlobsMax = 100;
export const plainWordsCharsMax = 20_000;
export const marksPerTextMax = 5_000;
export const encodedRunsMax = 8;
export const paragraphCharsMax = 20_000;
export const yamlCharsMax = 512 * 1024;
/** Imports of packages that become facts. */
export const importFactsMax = 2_000;
/** Characters around an import in which the scanner looks for `try` and `except`. */
export const guardCharsMax = 4_000;
export const tomlCharsMax = 256 * 1024;
export const settingsDepthMax = 200;
export const settingsTextsMax = 3_000;
export const shellTaintsMax = 24;
export const shellTaintStepsMax = 12;
export const shellWordsMax = 256;
export const shellPipelineMax = 64;
export const shellPatternCharsMax = 4_096;
/** Characters of a text times characters of a pattern that is matched against it. */
export const shellPatternWorkMax = 1_000_000;
/** Iterations over known words or numbers that one script is followed through. */
export const shellRoundsMax = 2_000;
export const shellRoundsOfLoopMax = 128;
/**
 * Iterations that a loop of unknown length is followed through. A value that still changes then
 * counts as computed.
 */
export const shellRepeatsMax = 8;
export const shellTrapsMax = 16;
export const shellArrayItemsMax = 256;
/** Steps for each item of an array that is built again. */
export const shellItemSteps = 4;
/** Steps for one flow in a shell script: every rule on flows reads it. */
export const shellFlowSteps = 200;
export const shellCallDepthMax = 12;
export const shellWrapperDepthMax = 8;
export const shellCodeDepthMax = 6;
/** Calls of one function or class that are followed one by one. */
export const callSitesMax = 256;
/** Calls of a helper, and of the helpers around it, whose hosts and keys are put in pairs. */
export const callPairsMax = 2_000;
/** Steps for computing expressions, per module; as many are added as the module has characters. */
export const pythonFoldSteps = 100_000;
export const pythonFoldFailuresMax = 6;
/**
 * Nesting of values that wait for other values, of other functions too: the call stack is limited.
 */
export const pythonValuesDepthMax = 250;
/** Depth of a Python tree. Deeper nodes are not analysed. */
export const pythonTreeDepthMax = 1_000;
/** Depth of the parser's own tree of Python. From 2,500 on, the parser's trees are wrong. */
export const pythonParserDepthMax = 2_400;
/**
 * Operands of one Python expression `a + b + …`, links of one `a.b().c()…`: more would reach
 * `pythonParserDepthMax`.
 */
export const pythonChainMax = 1_600;
/** Characters of what one `with` enters in parentheses. */
export const pythonEnteredCharsMax = 4_000;
/** Items of a list that are followed one by one. */
export const pythonItemsMax = 256;
/**
 * Lists and dictionaries in a computed one, at any depth. Of a list with more, none is known; of a
 * dictionary with more, the second number.
 */
export const pythonPartsMax = 2_048;
export const pythonPartsKept = 128;
/** Values in a file of settings beside Python code: what a larger file says is not known. */
export const pythonDataMax = 1_024;
/**
 * Steps for each alternative that a parser tries while it recovers from an error, for each token.
 */
export const parserRecoverySteps = 12;
/** Bytes behind the end of a picture that raise no finding: padding, a line end. */
export const looseBytesMax = 64;
/** Consecutive characters that count as a text inside a picture or a decoded blob. */
export const runCharsMin = 24;
export const mediaTextCharsMax = 64 * 1024;
/** Nesting of archives. */
export const archiveDepthMax = 3;
export const archiveEntriesMax = 2_000;
/** Bytes unpacked from the archives of one skill. */
export const archiveBytesMax = 50 * 1024 * 1024;
/** Bytes unpacked for each compressed byte, of entries larger than `archiveFreeBytes`. */
export const archiveRatioMax = 100;
export const archiveFreeBytes = 1024 * 1024;
export const pdfObjectsMax = 50_000;
/** Text extracted from one document. */
export const documentTextCharsMax = 2 * 1024 * 1024;
export const documentFontsMax = 200;
export const lexicalLineCharsMax = 10_000;
export const lexicalStatementLinesMax = 40;
/** Programs found in the strings of one program that is read lexically. */
export const lexicalProgramsMax = 200;
/** Variables and saved files that are followed in one such program. */
export const lexicalHeldMax = 200;
/** Consecutive letters and digits without a word that count as data. */
export const blobCharsMin = 2_000;
/** Aliases that are followed in one YAML file. */
export const yamlAliasesMax = 2_000;
/**
 * Folders with files named as libraries for which the Python of a skill is read in every way.
 */
export const shadowingFoldersMax = 3;
/** Steps of all readings of the Python of a skill but the first. */
export const otherReadingsStepsMax = scanSteps / 10;
