/** A writable folder that one run holds: what changed in it, and what must not stay. */
import * as fs from 'node:fs';
import { posix } from 'node:path';
import { Problem } from '../../skills-index/skill/problem.ts';
import { leftoverSeconds, workspaceEntriesMax } from '../limits.ts';
import { unlock, waitForClaim } from '../lock.ts';
import * as paths from './protected-paths.ts';
import { bytesOf, type Met, openUp, removeEntry, walkFolder, withHandle } from './walk-folder.ts';

export interface Cleanup {
  readonly path: string;
  readonly why: string;
}

export interface HeldWorkspace {
  readonly protectedPaths: readonly paths.ProtectedPath[];
  /**
   * After the run, when nothing of it lives: takes away links that leave the folder, devices, sockets, setuid bits and new paths
   * that agents obey; lets go. Never throws: what could not be judged is in the answer.
   */
  finish(): Cleanup[];
}

/** What is kept on disk for the time of a run, so that the next one can clean up after a runner that was killed. */
interface Kept {
  readonly placed: readonly paths.ProtectedPath[];
  readonly before: readonly (readonly [string, paths.Entry])[];
}

/**
 * Waits until no other run holds the folder, one above it or one in it, and looks at it.
 * @param root a path that cannot be redirected, such as `/proc/self/fd/N`
 * @param lock beside it lies, for the time of the run, what the folder held and what was put into it
 * @throws Problem `plan-refused` when it holds too much
 */
export async function holdWorkspace(root: string, lock: string): Promise<HeldWorkspace> {
  await waitForClaim(lock, fs.realpathSync(root));
  const list = `${lock}.before`;
  try {
    const leftovers = cleanAfterKilled(root, list);
    const before = lookAt(root);
    const protectedPaths = paths.findProtected(root, before);
    fs.writeFileSync(list, JSON.stringify({ placed: protectedPaths, before: [...before] } satisfies Kept), { mode: 0o600 });
    const beat = setInterval(() => fs.utimes(list, new Date(), new Date(), () => undefined), 1_000).unref();
    const finish = (): Cleanup[] => {
      clearInterval(beat);
      const cleaned = cleanUp(root, { placed: protectedPaths, before: [...before] });
      unlock(list);
      unlock(lock);
      return [...leftovers, ...cleaned];
    };
    return { protectedPaths, finish };
  } catch (cause) {
    unlock(list);
    unlock(lock);
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

// What was made long after its last sign of life is somebody else's.
function cleanAfterKilled(root: string, list: string): Cleanup[] {
  if (!fs.existsSync(list)) return [];
  const until = fs.statSync(list).mtimeMs + leftoverSeconds * 1000;
  return cleanUp(root, JSON.parse(fs.readFileSync(list, 'utf8')) as Kept, until);
}

function cleanUp(root: string, kept: Kept, until = Number.POSITIVE_INFINITY): Cleanup[] {
  const before = new Map(kept.before);
  const cleaned: Cleanup[] = [];
  const say = (path: string, why: string): number => cleaned.push({ path: bytesOf(path).toString('utf8'), why });
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
  const links = kept.before.filter(([path, { link }]) => link !== undefined && paths.isShut(path));
  for (const [path, entry] of links) attempt(path, () => restoreLink(root, path, entry));
  return cleaned;
}

function remove(root: string, at: Buffer, why: string): string {
  removeEntry(root, at);
  return why;
}

/** Whether an entry must go. What was there before the run and is untouched stays; of what is new, nothing that could act on the host. */
function whyRemoved(root: string, { path, name, stats, link, siblings }: Met, old: paths.Entry | undefined): string | undefined {
  if (old === undefined && paths.isProtectedName(name)) return 'hosts or agents obey it';
  if (old === undefined && paths.repositoryParts.has(name) && paths.isRepository((one) => siblings.has(one)))
    return 'it makes the folder a repository that git obeys';
  if (stats.isFile() || stats.isDirectory() || isUntouched(stats, old)) return undefined;
  if (link === undefined) return 'a socket, a pipe or a device';
  return staysInside(root, path, link) ? undefined : 'a link that leaves the folder';
}

function isUntouched({ ctimeMs, ino }: fs.Stats, old: paths.Entry | undefined): boolean {
  return old?.inode === ino && old.changed === ctimeMs;
}

function takeBitsOff({ at, stats }: Met, old: paths.Entry | undefined): string | undefined {
  if (!(stats.isFile() || stats.isDirectory()) || (stats.mode & 0o6000) === 0) return undefined;
  if (stats.isDirectory() ? old?.mode === stats.mode : isUntouched(stats, old)) return undefined;
  withHandle(at, (self, { mode }) => fs.chmodSync(self, mode & 0o1777));
  return 'setuid or setgid bits, taken off';
}

// Leading dots are counted from a folder that is no link; dots further on could climb out through one.
function staysInside(root: string, path: string, link: string): boolean {
  const target = posix.join(posix.dirname(path), link);
  if (link.startsWith('/') || posix.normalize(link) !== link || target === '..' || target.startsWith('../')) return false;
  let there = target;
  // Where it leads to nothing, the folders that are on the way count.
  while (there !== '.' && fs.lstatSync(bytesOf(`${root}/${there}`), { throwIfNoEntry: false }) === undefined)
    there = posix.dirname(there);
  try {
    const [top, real] = [root, `${root}/${there}`].map((one) => fs.realpathSync.native(bytesOf(one), 'latin1'));
    return real === top || real?.startsWith(`${top}/`) === true;
  } catch {
    return false;
  }
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
