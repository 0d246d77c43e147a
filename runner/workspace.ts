/** A writable folder before and after a run: what changed, and what must not stay. */
import {
  chmodSync,
  type Dirent,
  lstatSync,
  readdirSync,
  readlinkSync,
  realpathSync,
  rmdirSync,
  rmSync,
  type Stats,
  symlinkSync,
  unlinkSync,
} from 'node:fs';
import { dirname, posix } from 'node:path';
import { Problem } from '../skills-index/skill/problem.ts';
import { workspaceEntriesMax } from './limits.ts';
import { findProtected, isProtectedEntry, type ProtectedPath } from './protected-paths.ts';

interface Entry {
  /** Changes whenever content or kind does, as far as the file system tells. */
  readonly print: string;
  readonly mode: number;
  readonly link?: string;
}

export interface Survey {
  readonly entries: ReadonlyMap<string, Entry>;
  readonly protectedPaths: readonly ProtectedPath[];
}

export interface Cleanup {
  readonly path: string;
  readonly why: string;
}

export interface WorkspaceChanges {
  readonly cleaned: readonly Cleanup[];
  readonly created: number;
  readonly changed: number;
  readonly removed: number;
}

/**
 * Looks at a folder before the run.
 * @param root a path that cannot be redirected, such as `/proc/self/fd/N`
 * @throws Problem `plan-refused` when it holds too much
 */
export function surveyWorkspace(root: string): Survey {
  const entries = walk(root);
  return { entries, protectedPaths: findProtected(root, entries.keys()) };
}

/** Takes away, after the run, new links that leave the folder, devices, sockets, setuid bits and new paths that agents obey. */
export function cleanWorkspace(root: string, before: Survey): WorkspaceChanges {
  removePlaceholders(root, before.protectedPaths);
  const after = walk(root, true);
  const cleaned: Cleanup[] = [];
  for (const [path, entry] of after) {
    const why = clean(root, path, entry, before);
    if (why !== undefined) cleaned.push({ path, why });
  }
  for (const [path, entry] of before.entries) {
    if (entry.link === undefined || !isProtectedEntry(path) || after.get(path)?.link === entry.link) continue;
    rmSync(`${root}/${path}`, { recursive: true, force: true });
    symlinkSync(entry.link, `${root}/${path}`);
    cleaned.push({ path, why: 'a protected link was changed, and is restored' });
  }
  const created = [...after.keys()].filter((path) => !before.entries.has(path)).length;
  const changed = [...after].filter(([path, entry]) => (before.entries.get(path)?.print ?? entry.print) !== entry.print).length;
  const removed = [...before.entries.keys()].filter((path) => !after.has(path)).length;
  return { cleaned, created, changed, removed };
}

function clean(root: string, path: string, entry: Entry, before: Survey): string | undefined {
  const old = before.entries.get(path);
  const full = `${root}/${path}`;
  const found = lstatSync(full, { throwIfNoEntry: false });
  if (found === undefined) return undefined;
  if (old === undefined && isProtectedEntry(path)) {
    rmSync(full, { recursive: true, force: true });
    return 'hosts or agents obey it';
  }
  if (entry.link !== undefined) {
    if (old?.link === entry.link || staysInside(root, path, entry.link)) return undefined;
    unlinkSync(full);
    return 'a link that leaves the folder';
  }
  if (!found.isFile() && !found.isDirectory()) {
    if (old?.mode === found.mode) return undefined;
    unlinkSync(full);
    return found.isSocket() ? 'a socket' : found.isFIFO() ? 'a pipe' : 'a device';
  }
  if ((found.mode & 0o6000) === 0 || old?.mode === found.mode) return undefined;
  chmodSync(full, found.mode & 0o1777);
  return 'setuid or setgid bits, taken off';
}

// Leading dots are counted from a folder that is no link; dots further on could climb out through one.
function staysInside(root: string, path: string, link: string): boolean {
  if (link.startsWith('/') || posix.normalize(link) !== link.replace(/(?<=.)\/$/, '')) return false;
  const target = posix.join(dirname(path), link);
  if (target === '..' || target.startsWith('../')) return false;
  try {
    const real = realpathSync(`${root}/${path}`);
    const top = realpathSync(root);
    return real === top || real.startsWith(`${top}/`);
  } catch (cause) {
    return (cause as NodeJS.ErrnoException).code === 'ENOENT';
  }
}

/** Takes away what was put there only for the time of a run; also after a runner that died before it could. */
export function removePlaceholders(root: string, placeholders: readonly ProtectedPath[]): void {
  for (const { path, kind } of placeholders) {
    const full = `${root}/${path}`;
    const found = lstatSync(full, { throwIfNoEntry: false });
    if (kind === 'file' && found?.isFile() && found.size === 0) unlinkSync(full);
    if (kind === 'folder' && found?.isDirectory() && readdirSync(full).length === 0) rmdirSync(full);
  }
}

function walk(root: string, mend = false): Map<string, Entry> {
  const entries = new Map<string, Entry>();
  const pending = [''];
  for (let folder = pending.pop(); folder !== undefined; folder = pending.pop()) {
    for (const found of listFolder(`${root}/${folder}`, mend)) {
      const path = folder === '' ? found.name : `${folder}/${found.name}`;
      const stats = lstatSync(`${root}/${path}`, { throwIfNoEntry: false });
      if (stats === undefined) continue;
      entries.set(path, entryOf(`${root}/${path}`, stats));
      if (stats.isDirectory()) pending.push(path);
      if (entries.size > workspaceEntriesMax) {
        throw new Problem('plan-refused', `A writable mount holds more than ${workspaceEntriesMax} entries`, {
          hint: 'Bind the workspace to a smaller folder, or ask for it read-only.',
        });
      }
    }
  }
  return entries;
}

function entryOf(path: string, stats: Stats): Entry {
  const print = `${stats.ino}:${stats.mode}:${stats.isDirectory() ? '' : `${stats.size}:${stats.mtimeMs}`}`;
  return stats.isSymbolicLink() ? { print, mode: stats.mode, link: readlinkSync(path) } : { print, mode: stats.mode };
}

// A run may leave a folder behind that its owner cannot read; what lies in it is judged all the same.
function listFolder(path: string, mend: boolean): Dirent[] {
  try {
    return readdirSync(path, { withFileTypes: true });
  } catch (cause) {
    if (!mend) return [];
    if ((cause as NodeJS.ErrnoException).code !== 'EACCES') throw cause;
    chmodSync(path, 0o700);
    return readdirSync(path, { withFileTypes: true });
  }
}
