/** Limits of the registry, the unit in the name. */
import type { Pace } from './pace.ts';

export const uploadBytesMax = 26 * 1024 * 1024;
/** A JSON body that is neither a signed statement nor a report. */
export const jsonBodyBytesMax = 64 * 1024;
/** The largest quota of a publisher: a count reads as many rows. */
export const quotaMax = 10_000;
/** Reasons in the answer to a JSON body that does not follow its schema. */
export const bodyReasonsMax = 20;
/** A statement names up to 500 files. */
export const statementBodyBytesMax = 1024 * 1024;
/** Words files that a process keeps, of some ten kilobytes each. */
export const wordsFilesKeptMax = 500;
/**
 * For so many entries below the head that the status shows, the registry keeps the nodes of the map
 * that later entries replaced. A host can then get the proofs of the head that it was shown.
 */
export const mapEntriesKept = 500;
/** Bits of the map's paths that one query reads; the leaves of a million names lie below 32. */
export const mapBitsAtOnce = 32;
/** How long an idle connection stays open after the time that its response announced. */
export const idleConnectionGraceMs = 60_000;
export const reasonCharsMax = 2_000;
/** Answers of the author to questions about one version. */
export const answersOfVersionMax = 50;
/**
 * The largest difference between two processes' clocks. A row dated further in the future comes
 * from a clock that was wrong.
 */
export const clockSkewMs = 5 * 60_000;
/**
 * How long an expired session or draft is kept, so that a clock that was days ahead ends none.
 */
export const sessionKeptMs = 7 * 24 * 3_600_000;
export const sessionDeskMs = 12 * 3_600_000;
export const sessionIdleMs = 30 * 60_000;
export const sessionTokenMs = 60 * 60_000;
export const linkMs = 5 * 60_000;
export const challengeMs = 5 * 60_000;
/** How long a person has to sign in at the identity provider. */
export const signOnMs = 10 * 60_000;
/** How long a browser waits for a person to use a passkey. */
export const ceremonyMs = 60_000;
/** WebAuthn level 3 §5.8.3. */
export const credentialIdBytesMax = 1_023;
export const cborDepthMax = 4;
export const draftMs = 14 * 24 * 3_600_000;
export const draftsDeletedAtOnce = 10;
export const leaseMs = 120_000;
export const jobAttemptsMax = 3;
/**
 * Observation jobs: milliseconds of a lease, which has room for a minute in sandboxes; milliseconds
 * until a failed job is handed out again; attempts, after which a day passes to the next one; jobs
 * that one request may find needless.
 */
export const observationLeaseMs = 300_000;
export const observationRetryMs = 60_000;
export const observationAttemptsMax = 3;
export const observationLaterMs = 24 * 3_600_000;
export const observationTriesMax = 5;
export const writeAttemptsMax = 40;
export const statusLifeMs = 24 * 3_600_000;
export const statusRefreshMs = 3_600_000;
/** Prepared statements that a registry in one process keeps. */
export const keptStatementsMax = 500;
/** Index files and public blobs that a registry in one process keeps in memory, in bytes. */
export const knownFilesBytesMax = 16 * 1024 * 1024;
/** Versions on one page of the list of a skill. */
export const versionsPageRows = 500;
/** Versions on one page of the queue. */
export const queuePageRows = 50;
/** Versions that one statement of a batch stops. */
export const stoppedAtOnce = 500;
/** Versions of one slice of what a start, or a cron trigger of a Worker, finishes. */
export const resumedAtOnce = 20;
/**
 * How long a start waits for what the registry finishes. The rest is finished beside the first
 * requests.
 */
export const resumeWaitMs = 1_000;
/** Waiting versions that one request judges anew. */
export const judgedAnewAtOnce = 16;
/** Events that one request goes on with, and versions of each that it marks to be judged anew. */
export const renewalsAtOnce = 20;
export const renewalSliceRows = 500;
/** The part of a scan failure that the queue shows instead of a version's risk. */
export const failureCharsMax = 300;
/** Decisions listed below the queue. */
export const decidedRowsMax = 20;
/** Moves into one state among which the decisions are searched, the newest ones. */
export const decidedLookedAtMax = 200;
export const claimMs = 10 * 60_000;
export const objectWritesAtOnce = 16;
/** How long a writer waits after R2 took another write to the same key, and how often. */
export const objectPauseMs = 1_000;
export const objectPausesMax = 5;
/**
 * How long the object storage may take for one operation, how slow it may be with the bytes of a
 * write, and the time for each object of a write.
 */
export const objectWaitMs = 10_000;
export const objectBytesPerSecondMin = 1024 * 1024;
export const objectPlaceMs = 50;
/**
 * The same time while an earlier operation is overdue, how many overdue operations wait in memory,
 * and how often one more is tried then.
 */
export const objectSilentMs = 500;
export const objectsOverdueMax = 32;
export const objectProbeMs = 30_000;
/** Lacking index files that one step writes before it marks their lines in one batch. */
export const indexFilesWrittenAtOnce = 50;
export const formBodyBytesMax = 64 * 1024;
export const pendingPasskeysMax = 5;
/** Observations of a version by one scanner with one verdict or a worse one. */
export const observationsOfVersionMax = 10;
/** Observations, the worst first, whose facts are shown with a version, and facts of them. */
export const observationsReadMax = 50;
export const factsOfVersionMax = 500;
export const reportBytesMax = 16 * 1024 * 1024;
/** A longer status is not in one answer with the TUF metadata. */
export const joinedStatusCharsMax = 1024 * 1024;
/** A larger blob is no list of a skill's files: a list names up to 1,000 files. */
export const fileListBytesMax = 1024 * 1024;
/** Keys tried on an envelope whose sender names no key. */
export const signerTriesMax = 8;
/** Owners that the first claim of a scope may name. The owners add others later. */
export const firstOwnersMax = 5;
/**
 * Answers about members and scopes, the statements that these answers hold together, and the last
 * verified identity statements: all are kept between requests.
 */
export const answersKeptMax = 64;
export const answerWordsMax = 3_000;
export const wordsKeptMax = 1_000;
/** How long one question reads statements that are in memory before others go on. */
export const wordsTurnMs = 10;
/** Identity statements read at once when a key is looked for. */
export const wordsAtOnce = 8;
/** Statements with names that are read at once. */
export const namedRowsAtOnce = 50;
/**
 * Statements whose names are checked at once, and the pauses behind them: of statements that take
 * rights away, and of all others. How many times in a row a cron checks a few.
 */
export const namesCheckedAtOnce = 10;
export const endCheckPace: Pace = { least: 4, times: 2, busy: 50 };
export const nameCheckPace: Pace = { least: 20, times: 9, busy: 500 };
export const namesCheckedInARow = 10;
/** Scopes that one key, person or repository may claim first. */
export const firstClaimsMax = 10;
/**
 * First claims of scopes by clients that are not members, per address: in a burst, and then one
 * claim in each period.
 */
export const strangerClaimsBurst = 20;
export const strangerClaimSeconds = 60;
/**
 * Large uploads that wait on the disk at one time: of clients that are not members, in all and per
 * address, and of members.
 */
export const strangerBodiesBytesMax = 5 * uploadBytesMax;
export const strangerBodiesOfOneBytesMax = 2 * uploadBytesMax;
export const memberBodiesBytesMax = 40 * uploadBytesMax;
/**
 * Bodies of other clients than members in memory: on Workers, which have 128 MB and no disk, all;
 * elsewhere those that are no uploads. An address has the room of one upload there, and so have all
 * members together.
 */
export const strangerBodiesInMemoryBytesMax = 2 * uploadBytesMax;
/** Uploads from the disk that are in memory at one time. */
export const judgedBodiesBytesMax = 4 * 1024 * 1024;
/** The headers of one part of an upload. */
export const partHeaderBytesMax = 4 * 1024;
/** The slowest speed of a request body, and the time before the speed is checked. */
export const bodyBytesPerSecondMin = 64 * 1024;
export const bodyGraceMs = 15_000;
export const bodyCheckMs = 2_000;
/** How long a client may send on after an answer that did not wait for the body. */
export const unreadBodyMs = 2_000;
/**
 * How long a client may leave its answer unread. Node notices the last bytes that it read only
 * after this time, so its connection ends after at most twice as long.
 */
export const stalledAnswerMs = 30_000;
/**
 * Unexpected errors: how long the same error is only counted, and how many kinds are remembered.
 */
export const errorRepeatMs = 10 * 60_000;
export const errorKindsMax = 100;
/** How long a browser that has used TLS here refuses plain HTTP. */
export const strictTransportSeconds = 365 * 24 * 3_600;
/** How long a client may take for the beginning of TLS. */
export const tlsHandshakeMs = 15_000;
/** How often the files of the certificate are read, and how early and how often its end is told. */
export const certificateCheckMs = 60_000;
export const certificateWarnMs = 14 * 24 * 3_600_000;
export const certificateWarnAgainMs = 24 * 3_600_000;
/** The same after the end, when no client gets through. */
export const certificateExpiredAgainMs = 3_600_000;
/** How early and how often an operator is told of what expires, and how often it is looked at. */
export const expiryWarnMs = 30 * 24 * 3_600_000;
export const expiryWarnAgainMs = 24 * 3_600_000;
export const expiryCheckMs = 3_600_000;
/** Room on the disk below which no statement is logged. */
export const diskBytesMin = 1024 * 1024;
/** How long one look at the disk counts. */
export const diskCheckMs = 5_000;
/** Lines of the access log that wait for the disk, and the pause after the file failed. */
export const accessLogWaitingBytesMax = 1024 * 1024;
export const accessLogRetryMs = 60_000;
/** Rows that the figures of a queue count at most. */
export const countedRowsMax = 10_000;
/** How long requests under way may take after a stop: process managers kill after some seconds. */
export const stopMs = 3_000;
/** Versions considered for a rescan when no other job waits. */
export const rescansAtOnce = 50;
/** Versions read for one band key, the first ones: a key that many versions share says little. */
export const versionsPerBandMax = 200;
/** Versions with a common band whose sketches are compared. */
export const similarCandidatesMax = 64;
/** The estimated similarity from which a version is called a near copy. */
export const nearCopyMin = 0.6;
export const nearCopiesMax = 5;
/** Approved versions of a required skill that a reviewer's page looks at. */
export const requiredVersionsRead = 200;
/** Near copies whose texts the desk shows side by side, and the bytes read of each. */
export const comparedCopiesMax = 3;
export const comparedBytesMax = 1_000_000;
/** New rule sets that one scanner may register in an hour. */
export const ruleSetsPerHour = 20;
/**
 * Approved versions that rescans suspend automatically in an hour. Beyond that, a person is asked.
 */
export const suspensionsPerHour = 10;
/** Text of a reason that names parts of a skill. */
export const reasonTextCharsMax = 1_000;
/** One look at a package. */
export const lookBytesMax = 256 * 1024;
export const packageLeaseMs = 10 * 60_000;
/** After a look that failed, a package waits this time. */
export const lookRetryMs = 60_000;
/** After this time, the advisories that name a package are compared again. */
export const lookAgainMs = 24 * 3_600_000;
/** Versions that one request judges again by a look, and versions of a package read at once. */
export const judgedAtOnce = 20;
export const packageVersionsAtOnce = 100;
/** Malicious packages that the refusal of an approval names. */
export const maliciousShownMax = 10;
/** One incident report. */
export const incidentBytesMax = 8 * 1024;
/**
 * Incident reports about one version in a day: from all unknown hosts together, and from each
 * enrolled host for each rule.
 */
export const incidentsPerDay = 20;
export const incidentsOfHostPerDay = 20;
/**
 * Incident reports that the desk lists: from enrolled hosts, from unknown hosts, and from one host.
 */
export const incidentsOfVersionMax = 100;
export const incidentsOfHostListedMax = 20;
/** Doubts listed below the queue. */
export const doubtRowsMax = 100;
/** Versions listed for one publisher, the newest ones. */
export const keyVersionsMax = 200;
/** Signed TUF sets that are still served. A client reads one within seconds. */
export const tufSetsKept = 16;
/**
 * How long all witnesses together may take, and how long a witness that failed is not asked again.
 */
export const witnessMs = 3_000;
export const witnessPauseMs = 120_000;
/**
 * The same for a witness that answered and refused: it may accept soon, for example after a
 * rotation of the log key.
 */
export const witnessRefusedMs = 2_000;
export const witnessAnswerBytesMax = 64 * 1024;
/** Log sizes before the newest whose cosignatures are kept. */
export const cosignedSizesKept = 10_000;
/** Requests that append to the log in one batch. Each writes about ten rows. */
export const appendsAtOnce = 40;
/**
 * Bytes of their statements in base64: nothing else is answered while SQLite writes a batch, and D1
 * takes a batch as one message.
 */
export const appendedBytesAtOnce = 1024 * 1024;
/** A statement of more bytes in base64 is verified alone, in a turn of its own. */
export const largeStatementBytes = 64 * 1024;
/** Statements whose bundles are written together. */
export const finishedAtOnce = 50;
/**
 * Newest publications of a skill that are searched for one by the same CI run: an identity token is
 * valid for minutes.
 */
export const runsLookedAtMax = 200;
/** How long the mailbox keeps a message: the longest hold, plus the difference of clocks. */
export const mailboxMsMax = 3_600_000 + 120_000;
/** How wrong the clock of a client that asks for its messages may be. */
export const mailboxQuestionMs = 5 * 60_000;
/**
 * Waiting messages: of one host, for one approver, from one address, in all. The last three count
 * for enrolled hosts and for other hosts separately.
 */
export const mailboxOfHostMax = 64;
export const mailboxOfKeyMax = 100;
export const mailboxOfNetworkMax = 200;
export const mailboxMax = 2_000;
export const mailboxListedMax = 100;
/** Versions that were approved or scanned while the storage failed, remembered by one process. */
export const unsettledMax = 1_000;
/** How long no such version is tried after one failed again. */
export const settlePauseMs = 5_000;
/**
 * How long one such version may take before another request starts again: a Worker may be stopped
 * in the middle.
 */
export const settleRunMs = 60_000;
export const databaseCheckOutputBytesMax = 4_096;
/** Pages of the database that one step of a backup copies. */
export const copiedPagesAtOnce = 1_000;
/** Log entries that a restore reads at once. */
export const restoredEntriesAtOnce = 500;
/** Versions with one list of files among which a reader's scope is looked for. */
export const sharedBundleRowsMax = 1_000;
