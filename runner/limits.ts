/** Limits of a run: what a sandbox, the egress proxy, the stores and the audit log may take. */
export const outputBytesMax = 8 * 1024 * 1024;
export const processesMax = 256;
export const openFilesMax = 1_024;
export const fileBytesMax = 1024 * 1024 * 1024;
export const temporaryMiBMax = 256;
export const homeMiBMax = 64;
export const sharedMemoryMiBMax = 64;
export const workspaceEntriesMax = 200_000;
/** Each level takes a descriptor while it is walked. */
export const foldersDeepMax = 100;
/** Of a folder that a run sees through a copy, and of what it may change there. */
export const changedBytesMax = 200 * 1024 * 1024;
export const changedPathsMax = 20_000;
/**
 * Of the names of all paths that a run changed or left behind in one folder: a single path may be
 * as long as 20 KB.
 */
export const changedNameBytesMax = 32 * 1024 * 1024;
/**
 * Changes of runs that wait to be accepted: of one agent with one skill together, and the list of
 * one run's paths.
 */
export const waitingBytesMax = 1024 * 1024 * 1024;
export const changeSetBytesMax = 32 * 1024 * 1024;
/** Of what is not taken over: kept beside the changes, the rest only counted. */
export const leftBehindMax = 1_000;
/** At what links of one run lead through, part by part. */
export const linkLooksMax = 200_000;
export const argumentBytesMax = 96 * 1024;
export const startSecondsMax = 20;
export const lockWaitSecondsMax = 30;
/**
 * Of the host's memory for each run that one user has going on at once: an interpreter that does
 * nothing takes some 45 MiB.
 */
export const memoryMiBPerRun = 64;

/** Where the forwarder listens in the sandbox. */
export const forwarderPort = 3_128;
export const egressConnectionsMax = 64;
export const egressRequestsMax = 10_000;
export const egressHeaderBytesMax = 32 * 1024;
export const egressResponseBytesMax = 64 * 1024 * 1024;
/** Of all requests of a run together: sent in all, and held at once. */
export const egressRunBytesMax = 256 * 1024 * 1024;
export const egressHeldBytesMax = 32 * 1024 * 1024;
/** Then the run is stopped. */
export const egressDenialsMax = 1_000;
export const egressIdleSecondsMax = 30;
export const egressRequestsPerMinuteMax = 3_000;
/** Of one body: each costs a look, however small it is. */
export const egressPiecesMax = 20_000;
/** Of a packed body that is looked into. */
export const egressUnpackedBytesMax = 32 * 1024 * 1024;
/** Until a host begins to answer, and between the pieces of an answer: models think for long. */
export const egressAnswerSecondsMax = 600;
/** Held before a request begins to leave; what is longer is judged piece by piece. */
export const egressFirstBytesMax = 64 * 1024;
/** Hosts of one run whose certificates are kept. */
export const leavesMax = 256;

export const policyBytesMax = 256 * 1024;
export const agentBytesMax = 256 * 1024;
/** Files of a folder that are looked at together for access lists. */
export const accessListsAtOnce = 100;
/** How long a program of the system may read or copy access lists: a file system may not answer. */
export const systemProgramMillisMax = 30_000;
/** How long the work at a run's end may keep timers and connections waiting. */
export const workMillisMax = 10;
/**
 * Of one run that each have a line of their own in the audit log; of more the log names the digest
 * of a file with all of them.
 */
export const pathLinesMax = 100;
/** How often a run looks whether its agent still may. */
export const agentWatchMillis = 300;
/** How many lines are unsigned at most while no run ends. */
export const auditCheckpointLines = 1_000;
/** How long an allowed request may be recorded in memory alone, and how many at once. */
export const auditDelayMillis = 100;
export const auditWaitingMax = 512;

/** Of a hold, an answer or a breaker. */
export const answerBytesMax = 32 * 1024;
/** Of a held request: the body that one may have, and its line and headers. */
export const heldRequestBytesMax = 8 * 1024 * 1024 + 64 * 1024;
export const breakerBytesMax = 64 * 1024;
/** How often a sandbox’s processes are looked at, and how many of a run are recorded. */
export const childrenMilliseconds = 250;
export const childrenMax = 200;
/** Runs of one identity at once, over all its connections and sessions. */
export const agentRunsMax = 16;
/** Days that an identity lasts when nobody says otherwise. */
export const agentDaysDefault = 90;
/** Milliseconds between looks at a followed log where the file system reports no change. */
export const auditPollMilliseconds = 400;
/** Bytes of the file with the paths of one run: 20,000 paths of 4 KiB, each byte escaped. */
export const pathSetBytesMax = 512 * 1024 * 1024;
/** Days that changes of runs wait to be accepted. */
export const waitingDaysMax = 14;
/** Seconds between renewals of a run token, well before one ends. */
export const tokenRenewSeconds = 120;
/** Files of an agent program from outside the system. */
export const programEntriesMax = 200_000;
