/** Limits of the registry, the unit in the name. */
export const uploadBytesMax = 26 * 1024 * 1024;
/** JSON that is no signed statement and no report. */
export const jsonBodyBytesMax = 64 * 1024;
/** Of a JSON body that does not follow its schema. */
export const bodyReasonsMax = 20;
/** A statement names up to 500 files. */
export const statementBodyBytesMax = 1024 * 1024;
export const reasonCharsMax = 2_000;
export const refusalReasonsMax = 200;
/**
 * How far two processes' clocks may be apart. What was written later than that from now was written
 * by a clock that was wrong.
 */
export const clockSkewMs = 5 * 60_000;
/**
 * How long a session that is over is kept, so that a clock which was ahead for days ends nobody's.
 */
export const sessionKeptMs = 7 * 24 * 3_600_000;
export const sessionDeskMs = 12 * 3_600_000;
export const sessionIdleMs = 30 * 60_000;
export const sessionTokenMs = 60 * 60_000;
export const linkMs = 5 * 60_000;
export const challengeMs = 5 * 60_000;
/** How long a browser may take to ask its person for a passkey. */
export const ceremonyMs = 60_000;
/** WebAuthn level 3 §5.8.3. */
export const credentialIdBytesMax = 1_023;
export const cborDepthMax = 4;
export const draftMs = 14 * 24 * 3_600_000;
export const leaseMs = 120_000;
export const jobAttemptsMax = 3;
export const writeAttemptsMax = 40;
export const statusLifeMs = 24 * 3_600_000;
export const statusRefreshMs = 3_600_000;
export const queueRowsMax = 500;
/** Of a failure that the queue shows in the place of a version's risk. */
export const failureCharsMax = 300;
/** Decisions that the queue's page lists below it. */
export const decidedRowsMax = 20;
export const claimMs = 10 * 60_000;
export const objectWritesAtOnce = 16;
/** Index files that a start brings up to date before it marks their lines in one batch. */
export const indexFilesMarkedAtOnce = 100;
export const formBodyBytesMax = 64 * 1024;
export const pendingPasskeysMax = 5;
export const reportBytesMax = 16 * 1024 * 1024;
/** Keys that are tried on an envelope whose sender does not say which one signed it. */
export const signerTriesMax = 8;
/** Owners that the first claim of a scope may name; its owners add others later. */
export const firstOwnersMax = 5;
/** Scopes that one key, person or repository may be the first to claim. */
export const firstClaimsMax = 10;
/** First claims of scopes by who is no member, by address: at once, and then one each so often. */
export const strangerClaimsBurst = 20;
export const strangerClaimSeconds = 60;
/** Writes of who is no member, by address: at once, and then. */
export const strangerWritesBurst = 300;
export const strangerWritesPerSecond = 2;
/** Large bodies of who is no member, under way at one time: in all, and of one address. */
export const strangerBodiesBytesMax = 5 * uploadBytesMax;
export const strangerBodiesOfOneBytesMax = 2 * uploadBytesMax;
/** How fast a body has to come, and for how long nothing is demanded of it. */
export const bodyBytesPerSecondMin = 64 * 1024;
export const bodyGraceMs = 15_000;
export const bodyCheckMs = 2_000;
/** Addresses that are remembered at one time. */
export const strangerAddressesMax = 10_000;
/** Unexpected errors: how long the same one is only counted, and how many kinds are remembered. */
export const errorRepeatMs = 10 * 60_000;
export const errorKindsMax = 100;
/** How long a browser that was here over TLS comes back over nothing else. */
export const strictTransportSeconds = 365 * 24 * 3_600;
export const databaseWaitMs = 2_000;
/**
 * A database up to this size is looked through before it serves, which takes about a second; a
 * larger one while it serves.
 */
export const databaseCheckBytesMax = 256 * 1024 * 1024;
export const stopMs = 5_000;
/** Versions that are looked at for a rescan when no other job waits. */
export const rescansAtOnce = 50;
export const ruleSetBytesMax = 512 * 1024;
/** Versions that one band key leads to, the first ones: what very many share says little. */
export const versionsPerBandMax = 200;
/** Versions that share a band whose sketches are compared. */
export const similarCandidatesMax = 64;
/** Estimated likeness from which a version is said to be a near copy. */
export const nearCopyMin = 0.6;
export const nearCopiesMax = 5;
/** Near copies whose texts the desk shows side by side, and bytes read of each for that. */
export const comparedCopiesMax = 3;
export const comparedBytesMax = 1_000_000;
/** New rule sets that one scanner may describe in an hour. */
export const ruleSetsPerHour = 20;
/**
 * Approved versions that rescans suspend by themselves in an hour; beyond that a person is asked.
 */
export const suspensionsPerHour = 10;
/** One report of a host. */
export const incidentBytesMax = 8 * 1024;
/**
 * Reports about one version in a day: of all unknown hosts, and of each enrolled one by each rule.
 */
export const incidentsPerDay = 20;
export const incidentsOfHostPerDay = 20;
/** Reports that the desk lists: of enrolled hosts and of unknown ones each, and of one host. */
export const incidentsOfVersionMax = 100;
export const incidentsOfHostListedMax = 20;
/** Doubts that the queue's page lists. */
export const doubtRowsMax = 100;
/** Versions that are told of one publisher, the newest ones. */
export const keyVersionsMax = 200;
/** Signed TUF sets that are still served: a client reads one within seconds. */
export const tufSetsKept = 16;
/** How long all witnesses together may take, and how long one that failed is left alone. */
export const witnessMs = 3_000;
export const witnessPauseMs = 120_000;
/**
 * The same for one that answered and refused: it may be told better at any moment, as after a
 * rotation of the log's key.
 */
export const witnessRefusedMs = 2_000;
export const witnessAnswerBytesMax = 64 * 1024;
/** Sizes behind the newest whose cosignatures are kept. */
export const cosignedSizesKept = 10_000;
/** Statements whose bundles are written together. */
export const finishedAtOnce = 50;
/**
 * Newest publications of a skill that are looked through for a run that published it: a token
 * counts for minutes.
 */
export const runsLookedAtMax = 200;
/** How long a message of the mailbox is kept at most: the longest hold, and clocks that differ. */
export const mailboxMsMax = 3_600_000 + 120_000;
/** How far off the clock of who asks what waits for them may be. */
export const mailboxQuestionMs = 5 * 60_000;
/**
 * Messages that wait: of one host, for one approver, from one address, in all; the last three of
 * enrolled hosts and of others each.
 */
export const mailboxOfHostMax = 64;
export const mailboxOfKeyMax = 100;
export const mailboxOfNetworkMax = 200;
export const mailboxMax = 2_000;
export const mailboxListedMax = 100;
/** Versions that were approved or scanned while the storage failed, kept in mind by one process. */
export const unsettledMax = 1_000;
/** How long none of them is tried after one failed again. */
export const settlePauseMs = 5_000;
/**
 * How long one of them may take before another request begins anew: a Worker may be stopped in the
 * midst of one.
 */
export const settleRunMs = 60_000;
/** Publications that are read at once when a publisher is stopped. */
export const publisherVersionsAtOnce = 500;
export const databaseCheckOutputBytesMax = 4_096;
