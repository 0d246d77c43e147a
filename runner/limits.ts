/** Limits of a run: how much a sandbox, the egress proxy, the stores and the audit log may use. */
export const openFilesMax = 1_024;
export const fileBytesMax = 1024 * 1024 * 1024;
export const sharedMemoryMiBMax = 64;
export const workspaceEntriesMax = 500_000;
/**
 * Depth of folders in a workspace. The walk through a workspace keeps one descriptor open for each
 * level of folders.
 */
export const foldersDeepMax = 100;
/**
 * Bytes and entries of a folder that the runner copies for a run. A project with its installed
 * packages has tens of thousands of entries.
 */
export const copiedBytesMax = 512 * 1024 * 1024;
export const copiedEntriesMax = 100_000;
/** Bytes and entries of a folder that a runner without root copies rather than overlays. */
export const smallBytesMax = 16 * 1024 * 1024;
export const smallEntriesMax = 1_000;
/** Bytes of a file of the host that the runner reads to record the file's state before a change. */
export const changedBytesMax = 200 * 1024 * 1024;
/** Paths that a run may change in one folder. */
export const changedPathsMax = 20_000;
/**
 * Bytes of the names of all paths that a run changed or left behind in one folder. A single path
 * may be as long as 20 KB.
 */
export const changedNameBytesMax = 32 * 1024 * 1024;
/**
 * Bytes of all changes that wait for one agent with one skill, and bytes of the list of one run's
 * changed paths.
 */
export const waitingBytesMax = 1024 * 1024 * 1024;
export const changeSetBytesMax = 32 * 1024 * 1024;
/**
 * Rejected paths that the runner names in a change set. The runner only counts further rejected
 * paths.
 */
export const leftBehindMax = 1_000;
/**
 * Bytes, entries and folders of build products that one agent keeps for one workspace. Days after
 * which the runner deletes kept products that no session has used.
 */
export const keptBytesMax = 1024 * 1024 * 1024;
export const keptEntriesMax = 150_000;
export const keptFoldersMax = 200;
export const keptDaysMax = 30;
/** Bytes of a git index, of a `.gitignore` and of the list of kept products that a runner reads. */
export const gitIndexBytesMax = 32 * 1024 * 1024;
export const gitIgnoreBytesMax = 64 * 1024;
export const keptListBytesMax = 1024 * 1024;
/** Bytes of a file of the host whose content decides on the shelf of a change. */
export const obeyedContentBytesMax = 256 * 1024;
/** Steps that the runner takes to resolve all symbolic links of one run. */
export const linkLooksMax = 200_000;
/** Days after which the runner deletes copies of programs that no run has used. */
export const baseFolderDaysMax = 7;
export const argumentBytesMax = 96 * 1024;
export const startSecondsMax = 20;
export const lockWaitSecondsMax = 30;
/**
 * MiB of the host's memory that the runner reckons for each concurrent run of one user: an idle
 * interpreter takes some 45 MiB.
 */
export const memoryMiBPerRun = 64;

/** Port on which the forwarder listens inside the sandbox. */
export const forwarderPort = 3_128;
export const egressConnectionsMax = 64;
export const egressRequestsMax = 10_000;
export const egressHeaderBytesMax = 32 * 1024;
export const egressResponseBytesMax = 64 * 1024 * 1024;
/** Bytes of all requests of a run that the proxy may buffer at once. */
export const egressHeldBytesMax = 32 * 1024 * 1024;
/** Denied requests after which the runner ends the run. */
export const egressDenialsMax = 1_000;
export const egressIdleSecondsMax = 30;
/**
 * Pieces in which one request body may arrive: the leak detector searches each piece, however small
 * the piece is.
 */
export const egressPiecesMax = 20_000;
/** Bytes to which the proxy decompresses a request body. */
export const egressUnpackedBytesMax = 32 * 1024 * 1024;
/**
 * Seconds until a host begins its response, and seconds between two pieces of the response. A
 * language model may answer slowly.
 */
export const egressAnswerSecondsMax = 600;
/**
 * Bytes of a body that the proxy reads before the proxy sends the request. The proxy judges a
 * longer body piece by piece.
 */
export const egressFirstBytesMax = 64 * 1024;
/** Hosts for which a run's proxy keeps a certificate in memory. */
export const leavesMax = 256;

export const policyBytesMax = 256 * 1024;
export const agentBytesMax = 256 * 1024;
/** Files whose access lists one call of `ls` reads. */
export const accessListsAtOnce = 100;
/** Milliseconds that `ls` or `cp` may need to read or copy access lists: a file system may hang. */
export const systemProgramMillisMax = 30_000;
/** Milliseconds for which the work at a run's end may block the runner's timers and connections. */
export const workMillisMax = 10;
/**
 * Paths of one run that each get a line of the audit log. For more paths, one line names the digest
 * of a file that lists all paths.
 */
export const pathLinesMax = 100;
/** Milliseconds between two checks whether the agent of a run is revoked. */
export const agentWatchMillis = 300;
/** Lines of the audit log after which the runner signs a checkpoint, although no run has ended. */
export const auditCheckpointLines = 1_000;
/**
 * Milliseconds that the record of an allowed request may wait in memory before the runner writes
 * the record to disk, and how many records may wait.
 */
export const auditDelayMillis = 100;
export const auditWaitingMax = 512;

/** Bytes of the file of a hold or of an answer. */
export const answerBytesMax = 32 * 1024;
/** Bytes of a held request: the largest body, plus its request line and headers. */
export const heldRequestBytesMax = 8 * 1024 * 1024 + 64 * 1024;
export const breakerBytesMax = 64 * 1024;
/**
 * Milliseconds between samples of a sandbox’s processes, and how many processes of a run the audit
 * log names.
 */
export const childrenMilliseconds = 250;
export const childrenMax = 200;
/** Concurrent runs of one agent identity, over all its connections and sessions. */
export const agentRunsMax = 16;
/** Days until an agent identity expires, when the operator names no other number. */
export const agentDaysDefault = 90;
/** Milliseconds between checks of a followed audit log, for file systems that report no change. */
export const auditPollMilliseconds = 400;
/** Bytes of the file that lists the paths of one run: 20,000 paths of 4 KiB, each byte escaped. */
export const pathSetBytesMax = 512 * 1024 * 1024;
/** Days after which the runner discards changes that nobody accepted. */
export const waitingDaysMax = 14;
/**
 * Seconds between renewals of a run token. A run token stays valid for longer than these seconds.
 */
export const tokenRenewSeconds = 120;
/** Files in the folder of an agent program that host policy names. */
export const programEntriesMax = 200_000;
/**
 * Bytes that Skillgate reads of a script on PATH to see whether the script belongs to Skillgate.
 */
export const programHeadBytesMax = 64 * 1024;
/** Seconds that one call of git may take, and bytes that git may print. */
export const gitSecondsMax = 120;
export const gitOutputBytesMax = 32 * 1024 * 1024;
/** MiB that git on the host may take at once, for one object, and in all. */
export const gitObjectMiBMax = 256;
export const gitMemoryMiBMax = 1_024;
/** Bytes of the pack with a run's new objects of git, and bytes of the objects unpacked. */
export const packBytesMax = 200 * 1024 * 1024;
export const unpackedBytesMax = 1024 * 1024 * 1024;
/** Repositories of one mount that are handed over, and references of one repository. */
export const repositoriesMax = 20;
export const offeredRefsMax = 100;
/**
 * Commits of one run whose files the runner judges, commits that a change set names, and bytes of
 * the shown differences.
 */
export const judgedCommitsMax = 10_000;
export const shownCommitsMax = 200;
export const patchBytesMax = 1024 * 1024;
/** Bytes of the list of files that the shown differences of a reference leave out. */
export const unseenListBytesMax = 4 * 1024 * 1024;
/**
 * Links of the commits of one reference, each of which costs a start of git. After these seconds, a
 * hand-over judges no further repository and no further reference.
 */
export const committedLinksMax = 1_000;
export const handOverSecondsMax = 300;
/** Files of a folder in git's own folder that the runner compares, and bytes of such a file. */
export const gitFilesMax = 1_000;
export const gitSettingsBytesMax = 1024 * 1024;
/** Packages that a host chose for a run, as the audit log names them: a line has 16 KiB. */
export const notedPackagesMax = 80;
