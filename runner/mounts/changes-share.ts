/**
 * Limits the disk space for changes that wait to be accepted. Each agent has its own share of the
 * disk for each skill, so that one agent or skill cannot use up the space of another.
 */
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import {
  type ChangeSet,
  changesFolderOf,
  storedDigests,
} from '../../skills-index/run/changes/changes.ts';
import { hexOf } from '../../skills-index/skill/digest.ts';
import { isGone } from '../files/walk-folder.ts';
import { changedPathsMax } from './views.ts';

export const changeSetBytesMax = 32 * 1024 * 1024;

/**
 * Bytes of all changes that wait for one agent with one skill, and bytes of the list of one run's
 * changed paths.
 */
export const waitingBytesMax = 1024 * 1024 * 1024;

/** The agent and skill whose share a change set uses. */
interface ShareOwner {
  readonly agent: string;
  readonly skill: string;
}

/**
 * Returns why a change set is too large to be stored and read back; undefined for a change set that
 * is small enough.
 */
export function whyTooLarge({ folders }: ChangeSet, json: string): string | undefined {
  const paths = folders.reduce((sum, folder) => sum + folder.changes.length, 0);
  if (paths > changedPathsMax)
    return `the run changed more than ${changedPathsMax} paths in all folders together`;
  if (Buffer.byteLength(json) <= changeSetBytesMax) return undefined;
  return `the list of changed paths takes more than ${mebibytes(changeSetBytesMax)}; change fewer paths in one run, or give them shorter names`;
}

/**
 * Returns why the changes of a run exceed their share of the disk; undefined when the changes fit.
 * @param run id of the run, whose files are stored already
 */
export function whyOverShare(
  data: string,
  run: string,
  { agent, skill }: ShareOwner,
  more: number,
): string | undefined {
  try {
    return whyMoreThanShare(data, run, { agent, skill }, more);
  } catch (cause) {
    return `the changes that wait on this host cannot be counted, so discard the damaged ones (skillgate changes show): ${(cause as Error).message}`;
  }
}

function whyMoreThanShare(
  data: string,
  run: string,
  { agent, skill }: ShareOwner,
  more: number,
): string | undefined {
  const waiting = join(data, 'changes');
  const others = (unlessGone(() => readdirSync(waiting)) ?? []).filter(
    (other) => other !== run && ownerOf(data, other) === textOf({ agent, skill }),
  );
  const taken = others.reduce((sum, other) => sum + bytesIn(changesFolderOf(data, other)), 0);
  if (taken + bytesIn(changesFolderOf(data, run)) + more <= waitingBytesMax) return undefined;
  const what = `the changes of ${others.length} earlier ${others.length === 1 ? 'run' : 'runs'} of ${skill} by ${agent} use ${mebibytes(taken)}`;
  return `${what}, and at most ${mebibytes(waitingBytesMax)} may wait: accept or discard some of them (skillgate changes show)`;
}

/** Records whose share of the disk the folder of a change set counts against. */
export function writeShareOwner(data: string, run: string, owner: ShareOwner): void {
  mkdirSync(changesFolderOf(data, run), { recursive: true, mode: 0o700 });
  writeFileSync(join(changesFolderOf(data, run), ownerFile), textOf(owner), { mode: 0o600 });
}

/** Removes stored files that the change set does not use. */
export function removeUnusedContent(
  data: string,
  run: string,
  { folders }: Pick<ChangeSet, 'folders'>,
): void {
  const kept = changesFolderOf(data, run);
  if (!existsSync(kept)) return;
  const needed = new Set([...storedDigests({ folders })].map(hexOf));
  for (const name of readdirSync(kept)) if (!needed.has(name)) rmSync(join(kept, name));
}

const ownerFile = 'room';

function textOf({ agent, skill }: ShareOwner): string {
  return `${agent}\n${skill}\n`;
}

// The folders of change sets from earlier Skillgate versions lack the file with the owner. Such
// change sets count against no share.
function ownerOf(data: string, run: string): string | undefined {
  return unlessGone(() => readFileSync(join(changesFolderOf(data, run), ownerFile), 'utf8'));
}

// Count at least one disk block for each file, even an empty one.
function bytesIn(folder: string): number {
  return (unlessGone(() => readdirSync(folder)) ?? []).reduce(
    (sum, name) =>
      sum + (unlessGone(() => Math.max(4_096, statSync(join(folder, name)).size)) ?? 0),
    0,
  );
}

// Another process may remove a change set meanwhile.
function unlessGone<Value>(read: () => Value): Value | undefined {
  try {
    return read();
  } catch (cause) {
    if (isGone(cause)) return undefined;
    throw cause;
  }
}

function mebibytes(bytes: number): string {
  return `${Math.ceil(bytes / 1024 / 1024)} MiB`;
}
