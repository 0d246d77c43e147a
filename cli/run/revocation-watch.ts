/**
 * A run from its admission to its end, as long as its version may go on: the one way in which a
 * skill of a registry is started.
 */

import { existsSync, statSync, watch } from 'node:fs';
import { dirname, join } from 'node:path';
import { withAgentSlot } from '../../runner/agents/agent-slots.ts';
import { runSkill } from '../../runner/run/run.ts';
import type { RunRequest, RunResult, Stop } from '../../runner/run/run-request.ts';
import { fetchFile, fetchNamed, type Source } from '../../skills-index/client/blobs.ts';
import { peekStatus } from '../../skills-index/client/peek.ts';
import { type Checkpoint, parseCheckpoint } from '../../skills-index/log/checkpoint.ts';
import type { Decision } from '../../skills-index/trust/decision/decision.ts';
import type { DecisionReasonCode } from '../../skills-index/trust/decision/reason.ts';
import { newestStatus, statusBytesMax } from '../../skills-index/trust/index-files/status-file.ts';
import type { RootFile } from '../../skills-index/trust/root/root.ts';
import type { AdmissionWorld } from './admission.ts';
import type { HostFiles } from './host-files.ts';
import { type Startable, sendIncidents, waitingIncidents } from './start-skill.ts';

/** How often a run checks for a revocation where the file system sends no events. */
const statusPollMilliseconds = 400;

/**
 * Runs it, and tells its registry of incidents where host policy allows that; ends it within a
 * second of this host learning that its version was revoked or suspended.
 */
export async function runWatched(
  world: AdmissionWorld,
  { policy }: Pick<HostFiles, 'policy'>,
  {
    admitted,
    root,
    source,
    admitAgain,
  }: Pick<Startable, 'admitted' | 'root' | 'source' | 'admitAgain'>,
  request: RunRequest,
): Promise<RunResult> {
  const { statusSeconds: seconds, status: statusUrls } = policy;
  const revocation = watchRevocation({
    name: admitted.name,
    version: admitted.version,
    note: admitted.checkpoint.note,
    admitAgain,
    source,
    root,
    statusUrls,
    seconds,
    now: world.now,
  });
  const waiting = waitingIncidents(world).length;
  const start = (): Promise<RunResult> =>
    runSkill({ ...request, stops: [...(request.stops ?? []), revocation.stop] });
  const { agent } = request;
  try {
    return await (agent === undefined
      ? start()
      : withAgentSlot(join(world.paths.data, 'agents', agent.name, 'runs'), start));
  } finally {
    revocation.close();
    // What was not taken before waits for the next incident.
    if (waitingIncidents(world).length > waiting) await sendIncidents(world, policy);
  }
}

// A stop reaches what runs: while a skill runs, its version is admitted again whenever this host or
// the registry shows another map of the log.

interface WatchedVersion {
  readonly name: string;
  readonly version: string;
  /** The head of the log under which the version was admitted, as a note. */
  readonly note: string;
  /** Where the registry answers, and where this host keeps what any process of it learned. */
  readonly source: Source;
  readonly root: RootFile;
  /** Further places of the status, from host policy. */
  readonly statusUrls: readonly string[];
  /** Between two questions to the registry; 0 for none. */
  readonly seconds: number;
  readonly now: () => Date;
  /** Decides about the version again, by what this host keeps or by what the registry shows now. */
  readonly admitAgain: (how: { readonly offline: boolean }) => Promise<Decision>;
}

interface RevocationWatch {
  readonly stop: Stop;
  close(): void;
}

/**
 * Watches until it is closed. What any process of this host learns about the version takes effect
 * within `statusPollMilliseconds`. A registry that is silent stops nothing, because the proofs of
 * the start stay fresh for hours.
 */
function watchRevocation(version: WatchedVersion): RevocationWatch {
  const revoked = new AbortController();
  const closed = new AbortController();
  const asks = version.seconds > 0 && version.source.offline !== true;
  let known = parseCheckpoint(version.note);
  const judge = inTurn(async (offline) => {
    const decision = await version.admitAgain({ offline }).catch(() => undefined);
    if (decision === undefined || closed.signal.aborted) return;
    if (isStopped(decision)) revoked.abort();
    else if (decision.kind === 'admitted' && !offline)
      known = parseCheckpoint(decision.checkpoint.note);
  });
  const { store } = version.source;
  const places = ['status.json', 'known', `proofs/${version.name}/${version.version}`].flatMap(
    (name) => store.placeOf?.(name) ?? [],
  );
  let seen: string | undefined;
  const lookHere = (): void => {
    const changed = places.map(changedAt).join(' ');
    if (changed === seen) return;
    seen = changed;
    judge(true);
    // Another skill’s process may have stored a status, and never asks about this version.
    void store.getNamed('status.json').then((bytes) => asks && judgeIfMoved([bytes]), ignore);
  };
  const judgeIfMoved = (found: readonly (Uint8Array | undefined)[]): void => {
    const head = newestHead(found, version);
    if (head !== undefined && !isSameMap(head, known)) judge(false);
  };
  const source = { ...version.source, signal: closed.signal };
  const ask = async (): Promise<void> => {
    const further = version.statusUrls.map((base) =>
      fetchFile({ ...source, base }, '', statusBytesMax),
    );
    const found = await Promise.allSettled([fetchStatus(source, version), ...further]);
    judgeIfMoved(found.map((one) => (one.status === 'fulfilled' ? one.value : undefined)));
  };
  const timers = [setInterval(lookHere, statusPollMilliseconds)];
  if (asks) timers.push(setInterval(() => void ask(), version.seconds * 1_000));
  const watchers = [...new Set(places.map((place) => dirname(place)))].flatMap((folder) =>
    existsSync(folder) ? [watch(folder, lookHere)] : [],
  );
  lookHere();
  return {
    stop: { signal: revoked.signal, reason: 'revoked' },
    close: () => {
      for (const timer of timers) clearInterval(timer);
      for (const watcher of watchers) watcher.close();
      closed.abort();
    },
  };
}

const ignore = (): void => undefined;

/** Runs one task at a time. What is asked meanwhile is done once, after the task. */
function inTurn(task: (offline: boolean) => Promise<void>): (offline: boolean) => void {
  const due = new Set<boolean>();
  let running = false;
  const run = async (): Promise<void> => {
    if (running) return;
    running = true;
    for (const offline of due) {
      due.delete(offline);
      await task(offline).catch(ignore);
    }
    running = false;
  };
  return (offline) => {
    due.add(offline);
    void run();
  };
}

function changedAt(place: string): number {
  return statSync(place, { throwIfNoEntry: false })?.ctimeMs ?? 0;
}

/**
 * Reasons against a version that the log gives, and no lack of evidence: a stop, a hidden
 * statement, and people whose keys were ended for the time when they signed.
 */
const stops: readonly DecisionReasonCode[] = ['suspended', 'revoked', 'statements-withheld'];
const ends: readonly DecisionReasonCode[] = [
  'publisher-unknown',
  'scanner-unknown',
  'scans-missing',
  'approval-invalid',
  'approvals-missing',
];
const lacks: readonly DecisionReasonCode[] = [
  'bundle-mismatch',
  'file-missing',
  'statement-missing',
  'statement-invalid',
];

function isStopped(decision: Decision): boolean {
  if (decision.kind === 'admitted') return false;
  const has = (codes: readonly DecisionReasonCode[]): boolean =>
    decision.reasons.some(({ code }) => codes.includes(code));
  return has(stops) || (has(ends) && !has(lacks));
}

// What is stored is seen by every run of this host, this one included; an older head never takes
// the place of a newer one.
async function fetchStatus(
  source: Source,
  version: WatchedVersion,
): Promise<Uint8Array | undefined> {
  const kept = await source.store.getNamed('status.json');
  const before = kept === undefined ? [] : (readStatus(kept, version) ?? []);
  const isGood = (bytes: Uint8Array): boolean => {
    const status = readStatus(bytes, version);
    return status !== undefined && newestStatus([status].concat(before)) === status;
  };
  return fetchNamed(source, {
    name: 'status.json',
    path: '/index/status.json',
    bytesMax: statusBytesMax,
    isGood,
  });
}

function newestHead(
  found: readonly (Uint8Array | undefined)[],
  version: WatchedVersion,
): Checkpoint | undefined {
  const status = newestStatus(
    found.flatMap((bytes) => (bytes && readStatus(bytes, version)) ?? []),
  );
  return status && parseCheckpoint(status.checkpoint);
}

function isSameMap(one: Checkpoint, other: Checkpoint): boolean {
  return Buffer.compare(one.map ?? new Uint8Array(), other.map ?? new Uint8Array()) === 0;
}

// The age of a status is no question here: the admission judges it.
function readStatus(bytes: Uint8Array, { now, root }: WatchedVersion) {
  return peekStatus(bytes, { root, now: now().getTime() });
}
