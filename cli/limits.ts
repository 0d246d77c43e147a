/** Limits of the command line. */
export const requestSecondsMax = 30;
export const uploadSecondsMax = 120;
/** Bytes of one JSON answer of a registry. */
export const answerBytesMax = 32 * 1024 * 1024;
/** Pages of the list of a skill's versions. */
export const versionPagesMax = 1_000;
/** Folders and files below one path; a path with more is refused. */
export const folderEntriesMax = 200_000;
export const folderDepthMax = 64;
/** Names of files or packages in one line for a person; further names are counted. */
export const namesShownMax = 8;
/** Listed entries that cannot be part of a skill; further entries are counted. */
export const folderReasonsMax = 200;
/**
 * Bytes of files that are too large or too many for a skill and are read only for their digests.
 */
export const unreadHashBytesMax = 256 * 1024 * 1024;
export const keyFileBytesMax = 64 * 1024;
export const rootFileBytesMax = 256 * 1024;
/** Skills that `skillgate import` processes in parallel. */
export const importsAtOnceMax = 4;
/** How long `--wait` and `import` wait for a scan. */
export const scanWaitSecondsMax = 900;
export const pollMillisMin = 150;
export const pollMillisMax = 2_000;
/** Longest pause before a restart of the scanner child; the pause doubles each time. */
export const restartMillisMin = 500;
export const restartMillisMax = 30_000;
/** Skills that one skill requires, directly and through others. */
export const requiredSkillsMax = 100;
/** Alternatives (`||`) in the common part of several ranges. */
export const joinedRangesMax = 1_000;
/** Length of a chain of skills that require one another. */
export const requiredDepthMax = 10;
/** Versions that the choice of required skills tries before it gives up. */
export const requiredStepsMax = 10_000;
export const answerCharsMax = 200;
/** Blobs fetched in parallel from a registry. */
export const fetchesAtOnceMax = 4;
/** How long reads of a skill may rely on one admission; each run is admitted anew. */
export const admissionSecondsMax = 30;
/** Skills considered by one search. */
export const searchedSkillsMax = 100;
/** Bytes of one file that an agent may open. */
export const openBytesMax = 512 * 1024;
/** Bytes of stdout and of stderr that an agent gets from a run. */
export const skillOutputBytesMax = 64 * 1024;
/** Results of `skillgate search`. The host verifies each, with four requests the first time. */
export const searchResults = 5;
export const searchResultsMax = 20;
/** Other spellings of one word that a search compares. */
export const correctionsMax = 20;
/** How long a registry may take to find skills. */
export const searchSecondsMax = 10;
/** Characters of a task in the address of a search. */
export const taskUrlCharsMax = 8_000;
/** Hosts, secrets or folders that a line of a search names; further ones are counted. */
export const mayDoNamesMax = 3;
/** Characters of a task, reason or input from an agent. */
export const taskCharsMax = 2_000;
export const whyCharsMax = 500;
export const stdinCharsMax = 4 * 1024 * 1024;
/** Bytes of one message from an agent. */
export const mcpMessageBytesMax = 10 * 1024 * 1024;
/**
 * Calls of one agent, or of all agents in a session: in parallel, in a burst, and for each second;
 * the cost of a refused call.
 */
export const callsAtOnceMax = 16;
export const callsBurst = 120;
export const callsPerSecond = 2;
export const refusedCallCost = 10;
/** How often the audit log gets the number of refused calls. */
export const callsToldMillis = 60_000;
/** Parallel MCP clients of one session. */
export const sessionClientsMax = 8;
/** Names in the help for an unknown agent; further names are counted. */
export const agentNamesShownMax = 20;
/** The index line of a skill. */
export const indexTokensMax = 100;
/** A gate for other installers: bytes of a request, time of a scan, and characters of an answer. */
export const gateRequestBytesMax = 1024 * 1024;
export const gateScanSecondsMax = 40;
export const gateReasonCharsMax = 900;
export const gateFindingCharsMax = 300;
/** Files that a block names; further files are counted. */
export const gateFilesNamedMax = 5;
/** The file in which an installer remembers where a skill came from, and a text in the file. */
export const installerNoteBytesMax = 4 * 1024;
export const installerNoteWordMax = 100;
/** Skills in one folder of Claude Code. */
export const gateSkillFoldersMax = 2_000;
/** How long a child may take to end after SIGTERM. */
export const childStopMillisMax = 4_000;
/** How long an import retries while a registry answers that it is busy or limits the rate. */
export const busySecondsMax = 300;
/** What one search of an agent takes from registries, and the words that registries get. */
export const registryNamesMax = 5;
export const sentWordsMax = 32;
export const sentWordCharsMax = 24;
/** Results of one search. */
export const searchHitsMax = 20;
/**
 * Results that need a person's yes, the capabilities that are named for one of them, and the
 * characters of a name.
 */
export const neededHitsMax = 5;
export const neededCapabilitiesMax = 2;
export const neededNameCharsMax = 32;

/** Time between two requests for an answer in a mailbox, and the limit of one request. */
export const mailboxPollMillis = 1_000;
export const mailboxSecondsMax = 10;
/** Approvers who get a hold in their mailbox: the first ones in host policy. */
export const mailboxApproversMax = 10;

export const ceilingBytesMax = 256 * 1024;
/** Input of `skillgate scan` about findings: a list of accepted ones, an earlier report. */
export const suppressionsBytesMax = 4 * 1024 * 1024;
export const baselineBytesMax = 256 * 1024 * 1024;
/**
 * Keyless signing: the config file, one answer of a service, an identity token, and the time for a
 * sign-in.
 */
export const signingConfigBytesMax = 64 * 1024;
export const signingAnswerBytesMax = 1024 * 1024;
export const identityTokenBytesMax = 16 * 1024;
export const deviceSecondsMax = 600;
/**
 * Witness: bytes and time of a request, parallel connections, time between two looks at a log, and
 * stored heads and misbehaviour.
 */
export const submissionBytesMax = 128 * 1024;
export const witnessRequestMillisMax = 10_000;
/** Shortest time between two requests of a witness for a newer root file. */
export const witnessRenewMillis = 30_000;
export const witnessConnectionsMax = 256;
export const followSecondsDefault = 60;
export const headsKeptMax = 100;
export const evidenceFilesMax = 100;
/** Time in which a replaying witness reads what is new in a log before it cosigns a head. */
export const witnessMapMillisMax = 10_000;
/** Retries of a witness after a concurrent request. */
export const witnessTriesMax = 20;
/** TUF metadata: bytes of one file, and the age at which an admission fetches it again. */
export const trustMetadataBytesMax = 512 * 1024;
/** Bytes of the newest TUF set, which has three files of metadata and a status. */
export const newestSetBytesMax = 4 * 1024 * 1024;
export const trustRefreshMillis = 3_600_000;
/** One file of exported evidence: the largest is an index or a status file. */
export const evidenceFileBytesMax = 32 * 1024 * 1024;
/**
 * An evidence report: bytes of its parts, values in its JSON, rows of one list, and bytes of audit
 * lines in one part.
 */
export const evidenceReportBytesMax = 256 * 1024 * 1024;
export const evidenceValuesMax = 2_000_000;
export const evidenceRowsMax = 5_000;
export const evidencePieceBytes = 1024 * 1024;
/** Time to fetch all TUF roots before the pinned one, because nobody has verified them yet. */
export const firstRootMillisMax = 30_000;

/** Bytes of a held request body that are shown as text. */
export const heldTextBytesMax = 256 * 1024;
/** For one call of a webhook. */
export const webhookSecondsMax = 10;
/** Time between two progress messages to a client. */
export const progressMs = 5_000;
/** Lines before the question whether to discard changes; further ones are counted. */
export const lostLinesMax = 20;
/** Reasons why paths were not applied, printed at the end of a run; further reasons are counted. */
export const leftBehindReasonsMax = 10;
/** Kept folders that the end of a session names; further folders are counted. */
export const keptFoldersShownMax = 5;
/** Lines at the end of a run about denied or missing access. */
export const endNotesMax = 10;
/** Things that a run went without, in its result, and the characters of each part. */
export const wentWithoutMax = 10;
export const wentWithoutCharsMax = 300;
/**
 * Characters of a skill's own text in such a line, of a header name, and header names for one host.
 */
export const shortTextCharsMax = 200;
export const headerNameCharsMax = 64;
export const leftOutNamesMax = 8;
/** Characters of an output line that is searched for a missing capability. */
export const messageCharsMax = 1_000;
/** Ids of advisories that a note names. */
export const idsShownMax = 8;
/** Characters before a message of Python that are searched for the message's traceback. */
export const tracebackCharsMax = 8_000;
/** Entries of other users that a removal names. */
export const leftoversShownMax = 10;
/**
 * Characters of an address that `try` proposes for skill.json; entries of each list in its JSON.
 */
export const proposedUrlCharsMax = 2_000;
export const triedListMax = 200;
/** Bytes of texts whose differences are shown; larger files get digests only. */
export const diffLinesMax = 2_000;
/** Signs of such a line; the rest of a longer line is counted. */
export const diffLineCharsMax = 2_000;
/** Rows of the audit log that are shown where nobody asked for more. */
export const logRowsMax = 50;
/** Names in the line that accepts all changes but those that conflict. */
export const restNamesMax = 12;
/** Places of denied requests that the end of a session can name. */
export const deniedPlacesMax = 200;
/** How often a registry that npm started looks whether npm is still there. */
export const parentPollMillis = 1_000;
/** Passphrases that a person may type for one answer. */
export const passphraseTriesMax = 3;
/**
 * Changed paths that are shown one by one where nobody named paths; changes that a generated tree
 * needs before it is folded to a line; folders in a summary.
 */
export const shownPathsMax = 1_000;
export const foldedChangesMin = 20;
export const summaryFoldersMax = 20;
/** Changes that need a decision and are listed first, and lines of commands for each. */
export const obeyedFilesMax = 50;
export const obeyedLinesMax = 50;
/**
 * Search steps for common parts of old and new files, for all files together: about two seconds.
 */
export const diffStepsMax = 16_000_000;
export const diffTextBytesMax = 256 * 1024;
/** Bytes and lines of all old and new texts together; beyond them only digests are shown. */
export const shownBytesMax = 32 * 1024 * 1024;
export const shownLinesMax = 400_000;
/** How often a run checks for a revocation where the file system sends no events. */
export const statusPollMilliseconds = 400;
/** Incident reports that are sent after a run, and the time limit of one. */
export const incidentsAtOnce = 5;
export const incidentMilliseconds = 3_000;

/** Time of one run of uv, pip or npm. */
export const toolMillisMax = 600_000;
export const toolOutputBytesMax = 32 * 1024 * 1024;
/** Characters of a tool's message that an error shows. */
export const toolMessageCharsMax = 600;
/** Questions to an index at the same time. */
export const indexQuestionsMax = 8;
/** Imports without a fitting package that one lock leaves out. */
export const packagesLeftOutMax = 10;
/** Milliseconds that a terminal has, at a session's end, to answer what the session asked it. */
export const terminalDrainMillis = 300;
/** Seconds in which a package has to arrive before a scanner gives up its look at the package. */
export const packageFetchSecondsMax = 300;
/** The settings file of a registry. */
export const settingsBytesMax = 64 * 1024;
/** How early doctor says that the stored root of trust of a registry expires. */
export const rootExpiryWarnMillis = 30 * 24 * 3_600_000;
/** Versions that `skillgate registry retention` lists for each rule. */
export const retentionShownMax = 50;
/** How often a backup or a restore prints how far it is. */
export const backupNoteMillis = 2_000;
/** How long an export may copy before it looks at the registry again. */
export const exportPassMillisMax = 600_000;
/** Processes that scan at once in one command. Each may take some hundred megabytes. */
export const scannersMax = 8;
/** Skills that are worth the start of another scanner. */
export const foldersOfScanner = 8;
/** Scanned skills for each scanner whose reports wait for their turn. */
export const foldersAheadMax = 4;
