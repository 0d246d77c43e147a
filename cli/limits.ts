/** Limits of the command line. */
export const requestSecondsMax = 30;
export const uploadSecondsMax = 120;
/** Bytes of one JSON answer of a registry. */
export const answerBytesMax = 32 * 1024 * 1024;
/** Folders and files walked below one path before it is refused, whatever they are. */
export const folderEntriesMax = 200_000;
export const folderDepthMax = 64;
/** Entries that cannot be in a skill and are listed; what is beyond is counted. */
export const folderReasonsMax = 200;
/** Bytes of files too large or too many for a skill that are read for their digests. */
export const unreadHashBytesMax = 256 * 1024 * 1024;
export const keyFileBytesMax = 64 * 1024;
export const rootFileBytesMax = 256 * 1024;
/** Skills that `skill import` has under way at once. */
export const importsAtOnceMax = 4;
/** How long `--wait` and `import` wait for one scan. */
export const scanWaitSecondsMax = 900;
export const pollMillisMin = 150;
export const pollMillisMax = 2_000;
/** Restarts of the scanner child: the pause doubles up to this. */
export const restartMillisMin = 500;
export const restartMillisMax = 30_000;
export const answerCharsMax = 200;
/** Blobs fetched at once from a registry. */
export const fetchesAtOnceMax = 4;
/** How long reading a skill goes on from one admission; a run is always admitted anew. */
export const admissionSecondsMax = 30;
/** Skills that one search looks at. */
export const searchedSkillsMax = 100;
/** Bytes of one file that an agent may open. */
export const openBytesMax = 512 * 1024;
/** Bytes of a run's output, each of stdout and stderr, that an agent gets. */
export const skillOutputBytesMax = 64 * 1024;
/** Characters of what an agent may send as task, reason or input. */
export const taskCharsMax = 2_000;
export const whyCharsMax = 500;
export const stdinCharsMax = 4 * 1024 * 1024;
/** Bytes of one message of an agent. */
export const mcpMessageBytesMax = 10 * 1024 * 1024;
/**
 * Calls of one agent, or of all in its session: at the same time, at once, and then; what one that
 * is refused counts for.
 */
export const callsAtOnceMax = 16;
export const callsBurst = 120;
export const callsPerSecond = 2;
export const refusedCallCost = 10;
/** How often the audit log is told how many calls were beyond that. */
export const callsToldMillis = 60_000;
/** MCP clients of one session at the same time. */
export const sessionClientsMax = 8;
/** Entries, and bytes, of one page of a list that an agent gets. */
export const mcpPageEntriesMax = 50;
export const mcpPageBytesMax = 256 * 1024;
/** Of what an agent learns of a skill before it opens it. */
export const indexTokensMax = 100;
/** How long a change of a lock waits for another one. */
export const lockChangeSecondsMax = 20;
/** How long a child may take to end after SIGTERM. */
export const childStopMillisMax = 5_000;
/**
 * How long a registry may go on answering that it is busy, or that this came too fast, before an
 * import gives a skill up.
 */
export const busySecondsMax = 300;
/** Hits of one search. */
export const searchHitsMax = 20;

/** How often an answer is looked for in a mailbox, and how long one request there may take. */
export const mailboxPollMillis = 1_000;
export const mailboxSecondsMax = 10;
/** Approvers for whom a hold is left in a mailbox, the first ones. */
export const mailboxApproversMax = 10;

export const ceilingBytesMax = 256 * 1024;
/** What `skill scan` is told about findings: a list of accepted ones, an earlier report. */
export const suppressionsBytesMax = 4 * 1024 * 1024;
export const baselineBytesMax = 256 * 1024 * 1024;
/**
 * Keyless signing: the config's file, one answer of a service, an identity token, and how long a
 * person may take to sign in.
 */
export const signingConfigBytesMax = 64 * 1024;
export const signingAnswerBytesMax = 1024 * 1024;
export const identityTokenBytesMax = 16 * 1024;
export const deviceSecondsMax = 600;
/**
 * Witness: one request's body and time, connections at once, how often a log is followed, what is
 * kept of a log's heads and misdeeds.
 */
export const submissionBytesMax = 128 * 1024;
export const witnessRequestMillisMax = 10_000;
/** How often a witness asks for a newer root file at most. */
export const witnessRenewMillis = 30_000;
export const witnessConnectionsMax = 256;
export const followSecondsDefault = 60;
export const headsKeptMax = 100;
export const evidenceFilesMax = 100;
/** Times that a witness looks again when another one of its requests was faster. */
export const witnessTriesMax = 20;
/** TUF metadata: bytes of one file; how old what is kept may be before an admission asks again. */
export const trustMetadataBytesMax = 512 * 1024;
export const trustRefreshMillis = 3_600_000;
/** One file of exported evidence: the largest is an index or a status file. */
export const evidenceFileBytesMax = 32 * 1024 * 1024;
/** For all TUF roots before the pinned one together, which nobody has vouched for yet. */
export const firstRootMillisMax = 30_000;
/** Milliseconds between two drawings of a log's picture, and how much of the log it shows. */
export const pictureMilliseconds = 1_000;
export const pictureBytesMax = 8 * 1024 * 1024;
export const pictureLinesMax = 10;

/** Of the body of a request that waits, so much is shown as text. */
export const heldTextBytesMax = 256 * 1024;
/** For one call of a webhook. */
export const webhookSecondsMax = 10;
/** Between two words to a client that a call still goes on. */
export const progressMs = 5_000;
/**
 * Reasons why paths were not taken over that are told of at the end of a run; what is beyond is
 * counted.
 */
export const leftBehindReasonsMax = 10;
/** Lines at the end of a run about what it asked for and did not get. */
export const endNotesMax = 10;
/** Of a skill's own words in such a line; of one header's name; of the headers of one host. */
export const shortTextCharsMax = 200;
export const headerNameCharsMax = 64;
export const leftOutNamesMax = 8;
/**
 * Of a path in an error message (PATH_MAX of Linux, and its quotes); of a line of output that is
 * read as an error message.
 */
export const pathCharsMax = 4_100;
export const messageCharsMax = 1_000;
/** Entries of another user that a removal names. */
export const leftoversShownMax = 10;
/** Of an address that `try` proposes for skill.json; entries of each list in its JSON. */
export const proposedUrlCharsMax = 2_000;
export const triedListMax = 200;
/** What is shown of their differences; of a larger file its digests. */
export const diffLinesMax = 2_000;
/**
 * Steps of looking for what old and new files have in common, of all files that are shown together:
 * about two seconds.
 */
export const diffStepsMax = 16_000_000;
export const diffTextBytesMax = 256 * 1024;
/** Of all texts that are shown together, old and new; of more only digests are shown. */
export const shownBytesMax = 32 * 1024 * 1024;
export const shownLinesMax = 400_000;
/**
 * How often a run looks at what this host knows of its version, where the file system says nothing.
 */
export const statusPollMilliseconds = 400;
/** Incident reports that are sent after a run, and how long one may take. */
export const incidentsAtOnce = 5;
export const incidentMilliseconds = 3_000;
/**
 * A monitor: seconds between looks, what it remembers of a log, and how long a status may lag
 * behind the head of the log.
 */
export const monitorSecondsDefault = 600;
export const monitorWordsMax = 200_000;
/** Bytes of statements that it does not verify again at the next look. */
export const monitorVerifiedBytesMax = 128 * 1024 * 1024;
export const monitorWithheldMax = 1_000;
export const monitorHeadsMax = 200;
/** Values of one file of its state. */
export const monitorStateValuesMax = 1_000_000;
/** Entries of the log whose statements are fetched before the state is written. */
export const monitorBatchEntries = 256;
/** A registry signs its status anew each hour, and when the log grew; five minutes for clocks. */
export const statusLagSecondsMax = 65 * 60;
/** How long a registry may show the head of its log and fail to show the rest. */
export const notShownSecondsMax = 60 * 60;
/** Looks at once where a status was signed while its registry was read. */
export const monitorTriesMax = 3;
/** Differences that are listed, and folders of evidence that are kept. */
export const monitorDifferencesMax = 1_000;
export const monitorEvidenceMax = 100;
/** Judged index lines that a process remembers. */
export const monitorLinesMax = 100_000;
/** How long a witness cosigns on one good replay: so many looks, and a while for a long one. */
export const replayHoldsLooks = 3;
export const replayHoldsSeconds = 600;
/** How long beyond the next look it cosigns a head that is larger than what it replayed. */
export const replayAheadSeconds = 60;
/** Of a program's first line, as Linux reads it (binfmt_script). */
export const shebangBytesMax = 256;
