/**
 * Changes that wait to be accepted. `$DATA/changes/RUN` holds `set.json`, the owner of the disk
 * share, and the content of each file by its digest.
 */
import { existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type ChangeSet,
  changeSetDigest,
  changesFolderOf,
  parseChangeSet,
  storedDigests,
} from '../../skills-index/run/changes/changes.ts';
import { type Digest, digestOf, hexOf } from '../../skills-index/skill/digest.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import type { Audit } from '../audit/audit.ts';
import { createLockFile, holderLives, requireInTime, unlock, withLock } from '../files/lock.ts';
import { readPrivateFile } from '../files/private-file.ts';
import { changeSetBytesMax } from '../mounts/changes-share.ts';

/** Days after which the runner discards changes that nobody accepted. */
export const waitingDaysMax = 14;

export interface WaitingChanges {
  readonly set: ChangeSet;
  readonly digest: Digest;
  readonly folder: string;
  /** Whether an attempt to apply the set was interrupted. */
  readonly begun: boolean;
  /**
   * Reads stored content by digest; throws Problem `changes-invalid` when the stored content
   * differs.
   */
  readonly read: (sha256: Digest) => Uint8Array;
}

/** The file that marks an attempt as begun, written before the first change. */
export const begunName = 'begun';

/** An unreadable change set; it uses disk space and can only be discarded. */
interface UnreadableChanges {
  readonly run: string;
  readonly why: string;
}

/** Lists the readable change sets, oldest first. */
export function listWaiting(data: string): WaitingChanges[] {
  const found = runsIn(data).map((run) => readOrWhy(data, run));
  return found
    .flatMap((found) => ('why' in found ? [] : [found]))
    .sort((a, b) => (a.set.at < b.set.at ? -1 : 1));
}

export function listUnreadable(data: string): UnreadableChanges[] {
  return runsIn(data).flatMap((run) => {
    const found = readOrWhy(data, run);
    return 'why' in found ? [found] : [];
  });
}

function readOrWhy(data: string, run: string): WaitingChanges | UnreadableChanges {
  try {
    return readWaiting(data, run);
  } catch (cause) {
    return { run, why: (cause as Error).message };
  }
}

/**
 * Reads the waiting changes of a run.
 * @param run its id, or an unambiguous beginning of it
 * @throws Problem `not-found`, `changes-invalid`
 */
export function readWaiting(data: string, run: string): WaitingChanges {
  const only = findWaiting(data, run);
  const folder = changesFolderOf(data, only);
  const rule = { bytesMax: changeSetBytesMax, secret: true, code: 'changes-invalid' } as const;
  const bytes = readPrivateFile(join(folder, 'set.json'), rule);
  if (bytes === undefined)
    throw new Problem('changes-invalid', `The changes of run ${only} lack their list, set.json`);
  const set = parseChangeSet(bytes);
  if (set.run !== only)
    throw new Problem('changes-invalid', `The changes of run ${only} name another run: ${set.run}`);
  const read = (sha256: Digest): Uint8Array => readKept(folder, only, sha256);
  return {
    set,
    digest: changeSetDigest(set),
    folder,
    begun: existsSync(join(folder, begunName)),
    read,
  };
}

// A person accepts the digest of the set that they saw, so they must not be shown other bytes.
function readKept(folder: string, run: string, sha256: Digest): Uint8Array {
  const file = join(folder, hexOf(sha256));
  const hint = `these changes can only be discarded: skillgate changes discard ${run}, then run the skill again`;
  if (!existsSync(file))
    throw new Problem('changes-invalid', `The changes of run ${run} lack the content ${sha256}`, {
      hint,
    });
  const bytes = readFileSync(file);
  if (digestOf(bytes) === sha256) return bytes;
  throw new Problem(
    'changes-invalid',
    `The changes of run ${run} are damaged: ${file} does not have the digest ${sha256}`,
    { hint },
  );
}

/**
 * Requires that all content of a change set is stored and intact, before anybody accepts it:
 * missing content would leave half of the set applied.
 * @throws Problem `changes-invalid`
 */
export function requireKept({ read, set }: Pick<WaitingChanges, 'read' | 'set'>): void {
  for (const sha256 of storedDigests(set)) read(sha256);
}

/**
 * Completes the beginning of a run's id.
 * @returns the whole id
 * @throws Problem `not-found`
 */
export function findWaiting(data: string, run: string): string {
  const [only, ...others] = /^[0-9a-f-]{4,36}$/.test(run)
    ? runsIn(data).filter((id) => id.startsWith(run))
    : [];
  if (only !== undefined && others.length === 0) return only;
  const many = `Several runs with waiting changes have an id that begins with ${run}`;
  const none = `No changes of run ${run} wait: there was no such run, it changed nothing, or somebody accepted or discarded its changes`;
  throw new Problem('not-found', only === undefined ? none : many, {
    hint: 'skillgate changes show',
  });
}

/** Runs `act` while no other process accepts or discards the changes of this run. */
export async function withWaiting<Result>(
  data: string,
  run: string,
  act: () => Result | Promise<Result>,
): Promise<Result> {
  const claim = join(data, 'locks', `changes-${run}.claim`);
  await waitForClaim(claim, changesFolderOf(data, run));
  try {
    return await act();
  } finally {
    unlock(claim);
  }
}

/**
 * Discards a change set, readable or not, and records the reason.
 * @param run its whole id
 * @returns the discarded set
 */
export async function discardWaiting(
  data: string,
  run: string,
  why: string,
  audit: Pick<Audit, 'record'>,
): Promise<WaitingChanges | UnreadableChanges> {
  return await withWaiting(data, run, () => {
    const found = readOrWhy(data, findWaiting(data, run));
    const { subject, ...event } = 'why' in found ? factsOfUnreadable(data, run) : factsOf(found);
    audit.record(subject, { event: 'changes', decision: 'discarded', ...event, why });
    rmSync(changesFolderOf(data, run), { recursive: true, force: true });
    return found;
  });
}

/** Deletes a change set that was applied. */
export function removeApplied({ folder }: WaitingChanges): void {
  rmSync(folder, { recursive: true, force: true });
}

/**
 * Discards change sets that wait for too long, except those that somebody began to apply.
 * @returns the runs whose changes were discarded
 */
export async function discardExpired(
  data: string,
  now: Date,
  audit: Pick<Audit, 'record'>,
): Promise<string[]> {
  const late = runsIn(data).filter((run) => {
    const folder = changesFolderOf(data, run);
    const since = statSync(folder, { throwIfNoEntry: false })?.mtimeMs ?? now.getTime();
    return (
      now.getTime() - since > waitingDaysMax * 86_400_000 && !existsSync(join(folder, begunName))
    );
  });
  for (const run of late)
    await discardWaiting(
      data,
      run,
      `the changes waited for more than ${waitingDaysMax} days`,
      audit,
    );
  return late;
}

function factsOf({ digest, set }: WaitingChanges) {
  const { agent, plan, run, skill, version } = set;
  return {
    subject: { run, agent, skill, version, plan },
    digest,
    targets: set.folders.map((folder) => folder.target),
  };
}

// Of an unreadable set only the digest of its bytes is known.
function factsOfUnreadable(data: string, run: string) {
  const file = join(changesFolderOf(data, run), 'set.json');
  return {
    subject: { run, agent: 'unknown' },
    digest: digestOf(existsSync(file) ? readFileSync(file) : ''),
    targets: [],
  };
}

function runsIn(data: string): string[] {
  const folder = join(data, 'changes');
  return existsSync(folder)
    ? readdirSync(folder).filter((name) => /^[0-9a-f-]{36}$/.test(name))
    : [];
}

// Claims of folders: while one process applies or discards changes, no other process does so in an
// overlapping folder.

/**
 * Waits until no living process claims an overlapping folder, then claims this folder, for as long
 * as the caller needs.
 * @param path file of the claim, in a folder with all other claims
 * @param folder the claimed folder, with everything in it
 */
export async function waitForClaim(path: string, folder: string): Promise<void> {
  const began = performance.now();
  const claims = dirname(path);
  while (
    !withLock(`${claims}/lock`, () => !overlaps(claims, folder) && createLockFile(path, folder))
  ) {
    requireInTime(began, path);
    await sleep(20);
  }
}

function overlaps(claims: string, folder: string): boolean {
  const within = (inner: string, outer: string): boolean =>
    `${inner}/`.startsWith(outer === '/' ? '/' : `${outer}/`);
  return readdirSync(claims).some((name) => {
    const path = `${claims}/${name}`;
    if (!name.endsWith('.claim')) return false;
    if (!holderLives(path)) unlock(path);
    const [, claimed] = existsSync(path) ? readFileSync(path, 'utf8').split('\n') : [];
    return claimed !== undefined && (within(claimed, folder) || within(folder, claimed));
  });
}
