/** A writable folder that one run holds: what changed in it, and what must not stay. */
import * as fs from 'node:fs';
import type { FileChange } from '../../skills-index/run/audit-entry.ts';
import { isShut } from '../../skills-index/run/protected-names.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { changedBytesMax, leftoverSeconds, reportedChangesMax, workspaceEntriesMax } from '../limits.ts';
import { holderLives, unlock, waitForClaim } from '../lock.ts';
import { type Collected, collectChanges, type Keep, stateAt } from './changes.ts';
import { isUntouched, whyRemoved } from './judge-entry.ts';
import * as paths from './protected-paths.ts';
import type { View, Views } from './views.ts';
import { bytesOf, type Met, openUp, removeEntry, textOf, walkFolder, withHandle } from './walk-folder.ts';

export interface Cleanup {
  readonly path: string;
  readonly why: string;
}

export interface Finished {
  readonly cleaned: readonly Cleanup[];
  /** Of `cow`, unless they were thrown away. */
  readonly collected?: Collected;
  /** What happened to the folder itself, which is nothing under `cow`. */
  readonly changed: readonly FileChange[];
}

export interface HeldWorkspace {
  /** What a run sees instead of the folder. */
  readonly view?: View;
  readonly protectedPaths: readonly paths.ProtectedPath[];
  /**
   * After the run, when nothing of it lives: takes away links that leave the folder, devices, sockets, setuid bits and new paths
   * that agents obey; lets go. Never throws: what could not be judged is in the answer.
   * @param keep of `cow`: takes the bytes of each new or changed file; absent when the changes are to be thrown away
   */
  finish(keep?: Keep): Finished;
}

export interface WorkspaceQuestion {
  /** Descriptor of the folder, and its path. */
  readonly folder: number;
  readonly path: string;
  readonly mode: 'rw' | 'cow';
  /** The claim on it; beside it lies, for the time of an `rw` run, what the folder held and what was put into it. */
  readonly lock: string;
  readonly views: Views;
}

/** What is kept on disk for the time of a run, so that the next one can clean up after a runner that was killed. */
interface Kept {
  readonly placed: readonly paths.ProtectedPath[];
  readonly before: readonly (readonly [string, paths.Entry])[];
}

/**
 * Looks at a folder for a run that may write to it, or to a view of it. For `rw` it waits until no other run holds it, one above it or
 * one in it; under `cow` only who applies changes has to wait.
 * @throws Problem `plan-refused` when it holds too much, `mode-unsupported`
 */
export async function holdWorkspace(question: WorkspaceQuestion): Promise<HeldWorkspace> {
  const { folder, lock, mode, path, views } = question;
  const root = `/proc/self/fd/${folder}`;
  if (mode === 'rw') return await holdItself(root, lock);
  // What a killed run left is no part of what this one sees.
  if (fs.existsSync(`${lock}.before`) && !holderLives(lock)) (await claimFolder(root, lock)).letGo();
  const view = await views.open(folder, path);
  const seen = `/proc/self/fd/${view.pin}`;
  const before = lookAt(seen);
  const protectedPaths = paths.findProtected(root, before);
  const finish = (keep?: Keep): Finished => {
    if (keep === undefined) return { cleaned: [], changed: [] };
    try {
      openUp(seen, 0o700);
      removePlaced(seen, protectedPaths);
      const belowBefore = (one: string): number | undefined => (view.below ?? before).get(one)?.changed;
      const collected = collectChanges({ view: seen, below: root, before, belowBefore }, keep);
      return { cleaned: collected.refused, collected, changed: [] };
    } catch (cause) {
      return { cleaned: [{ path: '', why: `all changes were thrown away: ${(cause as Error).message}` }], changed: [] };
    }
  };
  return { view, protectedPaths, finish };
}

async function holdItself(root: string, lock: string): Promise<HeldWorkspace> {
  const { leftovers, letGo } = await claimFolder(root, lock);
  const list = `${lock}.before`;
  try {
    const before = lookAt(root);
    const protectedPaths = paths.findProtected(root, before);
    fs.writeFileSync(list, JSON.stringify({ placed: protectedPaths, before: [...before] } satisfies Kept), { mode: 0o600 });
    const beat = setInterval(() => fs.utimes(list, new Date(), new Date(), () => undefined), 1_000).unref();
    const finish = (): Finished => {
      clearInterval(beat);
      const cleaned = cleanUp(root, { placed: protectedPaths, before: [...before] });
      const changed = changesOf(root, before);
      letGo();
      return { cleaned: [...leftovers, ...cleaned], changed };
    };
    return { protectedPaths, finish };
  } catch (cause) {
    letGo();
    throw cause;
  }
}

/** Claims a folder for this process alone, and takes away what a killed run left there. */
export async function claimFolder(root: string, lock: string): Promise<{ readonly leftovers: Cleanup[]; letGo(): void }> {
  await waitForClaim(lock, fs.realpathSync(root));
  const letGo = (): void => [`${lock}.before`, lock].forEach(unlock);
  try {
    return { leftovers: cleanAfterKilled(root, `${lock}.before`), letGo };
  } catch (cause) {
    letGo();
    throw cause;
  }
}

function lookAt(root: string): Map<string, paths.Entry> {
  const before = new Map<string, paths.Entry>();
  const meet = ({ path, stats, link }: Met): boolean => {
    before.set(path, { ...entryOf(stats), ...(link === undefined ? {} : { link }) });
    if (before.size <= workspaceEntriesMax) return true;
    throw new Problem('plan-refused', `A writable mount has more than ${workspaceEntriesMax} entries`);
  };
  const fail = (path: string, cause: unknown): void => {
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT') return;
    // What another user shut is shut to the run as well, which has the runner's uid where that is not root.
    if (code === 'EACCES' && fs.lstatSync(bytesOf(`${root}/${path}`)).uid !== process.getuid?.()) return;
    throw new Problem('plan-refused', `A writable mount cannot be looked through: ${message}`, { cause });
  };
  walkFolder(root, { mend: false, meet, fail });
  return before;
}

function entryOf({ mode, ino, ctimeMs }: fs.Stats): paths.Entry {
  return { mode, inode: ino, changed: ctimeMs };
}

// Of `rw`: what is not as it was. What it was then, was not read.
function changesOf(root: string, before: ReadonlyMap<string, paths.Entry>): FileChange[] {
  const changed: FileChange[] = [];
  const seen = new Set<string>();
  const meet = ({ path, stats }: Met): boolean => {
    const old = before.get(path);
    seen.add(path);
    if (isUntouched(stats, old) || (stats.isDirectory() && old !== undefined)) return true;
    const state = changed.length < reportedChangesMax && stats.size <= changedBytesMax ? stateAt(root, path)?.state : undefined;
    const after = state?.kind === 'file' ? { after: state.sha256 } : {};
    changed.push({ change: old === undefined ? 'created' : 'changed', path: textOf(path), ...after });
    return true;
  };
  walkFolder(root, { mend: false, meet, fail: () => undefined });
  const gone = [...before.keys()].filter((path) => !seen.has(path));
  return [...changed, ...gone.map((path) => ({ change: 'deleted', path: textOf(path) }) as const)];
}

// What was made long after its last sign of life is somebody else's.
function cleanAfterKilled(root: string, list: string): Cleanup[] {
  if (!fs.existsSync(list)) return [];
  const until = fs.statSync(list).mtimeMs + leftoverSeconds * 1000;
  return cleanUp(root, JSON.parse(fs.readFileSync(list, 'utf8')) as Kept, until);
}

function cleanUp(root: string, kept: Kept, until = Number.POSITIVE_INFINITY): Cleanup[] {
  const before = new Map(kept.before);
  const cleaned: Cleanup[] = [];
  const say = (path: string, why: string): number => cleaned.push({ path: textOf(path), why });
  const attempt = (path: string, act: () => string | undefined): void => {
    try {
      const why = act();
      if (why !== undefined) say(path, why);
    } catch (cause) {
      say(path, `could not be judged: ${(cause as Error).message}`);
    }
  };
  const meet = (met: Met): boolean => {
    if (met.stats.ctimeMs > until) return true;
    const why = whyRemoved(root, met, before.get(met.path));
    if (why === undefined) attempt(met.path, () => takeBitsOff(met, before.get(met.path)));
    else attempt(met.path, () => remove(root, met.at, why));
    return why === undefined;
  };
  const fail = (path: string, cause: unknown, at?: Buffer): void =>
    attempt(path, () => {
      if (!(cause instanceof Problem) || at === undefined) throw cause;
      return remove(root, at, cause.message);
    });
  attempt('', () => void openUp(root, 0o700));
  attempt('', () => removePlaced(root, kept.placed));
  attempt('', () => void walkFolder(root, { mend: true, meet, fail }));
  const links = kept.before.filter(([path, { link }]) => link !== undefined && isShut(path));
  for (const [path, entry] of links) attempt(path, () => restoreLink(root, path, entry));
  return cleaned;
}

function remove(root: string, at: Buffer, why: string): string {
  removeEntry(root, at);
  return why;
}

function takeBitsOff({ at, stats }: Met, old: paths.Entry | undefined): string | undefined {
  if (!(stats.isFile() || stats.isDirectory()) || (stats.mode & 0o6000) === 0) return undefined;
  if (stats.isDirectory() ? old?.mode === stats.mode : isUntouched(stats, old)) return undefined;
  withHandle(at, (self, { mode }) => fs.chmodSync(self, mode & 0o1777));
  return 'setuid or setgid bits, taken off';
}

function removePlaced(root: string, placed: readonly paths.ProtectedPath[]): undefined {
  for (const { path, kind } of placed) {
    const found = fs.lstatSync(`${root}/${path}`, { throwIfNoEntry: false });
    if (kind === 'file' && found?.isFile() && found.size === 0) fs.unlinkSync(`${root}/${path}`);
    if (kind === 'folder' && found?.isDirectory() && fs.readdirSync(`${root}/${path}`).length === 0)
      fs.rmdirSync(`${root}/${path}`);
  }
}

// The folders above it are pinned for the time of the run.
function restoreLink(root: string, path: string, { link = '' }: paths.Entry): string | undefined {
  const at = bytesOf(`${root}/${path}`);
  const found = fs.lstatSync(at, { throwIfNoEntry: false });
  if (found?.isSymbolicLink() && fs.readlinkSync(at, 'latin1') === link) return undefined;
  if (found !== undefined) removeEntry(root, at);
  fs.symlinkSync(bytesOf(link), at);
  return 'a protected link was changed, and is restored';
}
