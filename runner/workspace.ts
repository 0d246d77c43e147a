/** A writable folder that one run holds: what changed in it, and what must not stay. */
import * as fs from 'node:fs';
import { dirname, posix } from 'node:path';
import { Problem } from '../skills-index/skill/problem.ts';
import { workspaceEntriesMax } from './limits.ts';
import { unlock, waitForLock } from './lock.ts';
import { findProtected, isProtectedEntry, type ProtectedPath } from './protected-paths.ts';

export interface Cleanup {
  readonly path: string;
  readonly why: string;
}

export interface HeldWorkspace {
  readonly protectedPaths: readonly ProtectedPath[];
  /** After the run: takes away links that leave the folder, devices, sockets, setuid bits and new paths that agents obey; lets go. */
  finish(): Cleanup[];
}

interface Entry {
  readonly mode: number;
  readonly link: string | undefined;
}

/**
 * Waits until no other run holds the folder, and looks at it.
 * @param root a path that cannot be redirected, such as `/proc/self/fd/N`
 * @param lock beside it lies, for the time of the run, the list of what was put into the folder
 * @throws Problem `plan-refused` when it holds too much
 */
export async function holdWorkspace(root: string, lock: string): Promise<HeldWorkspace> {
  await waitForLock(lock);
  try {
    const list = `${lock}.placed`;
    // A runner that was killed could not take away what it had put there.
    if (fs.existsSync(list)) removePlaced(root, JSON.parse(fs.readFileSync(list, 'utf8')) as ProtectedPath[]);
    const before = walk(root, false);
    const protectedPaths = findProtected(root, before.keys());
    fs.writeFileSync(list, JSON.stringify(protectedPaths), { mode: 0o600 });
    const finish = (): Cleanup[] => {
      try {
        removePlaced(root, protectedPaths);
        unlock(list);
        return compare(root, before, walk(root, true));
      } finally {
        unlock(lock);
      }
    };
    return { protectedPaths, finish };
  } catch (cause) {
    unlock(lock);
    throw cause;
  }
}

function compare(root: string, before: ReadonlyMap<string, Entry>, after: ReadonlyMap<string, Entry>): Cleanup[] {
  const cleaned = [...after].flatMap(([path, entry]) => {
    const why = clean(root, path, entry, before.get(path));
    return why === undefined ? [] : [{ path, why }];
  });
  const links = [...before].filter(([path, { link }]) => link !== undefined && isProtectedEntry(path));
  const changed = links.filter(([path, { link }]) => after.get(path)?.link !== link);
  for (const [path, { link = '' }] of changed) {
    fs.rmSync(`${root}/${path}`, { recursive: true, force: true });
    fs.symlinkSync(link, `${root}/${path}`);
    cleaned.push({ path, why: 'a protected link was changed, and is restored' });
  }
  return cleaned;
}

// Takes away what must not stay, and says what it was.
function clean(root: string, path: string, { link }: Entry, old: Entry | undefined): string | undefined {
  const full = `${root}/${path}`;
  const found = fs.lstatSync(full, { throwIfNoEntry: false });
  if (found === undefined || (old?.mode === found.mode && old.link === link)) return undefined;
  if (old === undefined && isProtectedEntry(path)) {
    fs.rmSync(full, { recursive: true, force: true });
    return 'hosts or agents obey it';
  }
  if (link !== undefined && staysInside(root, path, link)) return undefined;
  if (!found.isFile() && !found.isDirectory()) {
    fs.unlinkSync(full);
    return link === undefined ? 'a socket, a pipe or a device' : 'a link that leaves the folder';
  }
  if ((found.mode & 0o6000) === 0) return undefined;
  fs.chmodSync(full, found.mode & 0o1777);
  return 'setuid or setgid bits, taken off';
}

// Leading dots are counted from a folder that is no link; dots further on could climb out through one.
function staysInside(root: string, path: string, link: string): boolean {
  const target = posix.join(dirname(path), link);
  if (link.startsWith('/') || posix.normalize(link) !== link || target === '..' || target.startsWith('../')) return false;
  if (!fs.existsSync(`${root}/${path}`)) return true;
  const [top, real] = [fs.realpathSync(root), fs.realpathSync(`${root}/${path}`)];
  return real === top || real.startsWith(`${top}/`);
}

function removePlaced(root: string, paths: readonly ProtectedPath[]): void {
  for (const { path, kind } of paths) {
    const found = fs.lstatSync(`${root}/${path}`, { throwIfNoEntry: false });
    if (kind === 'file' && found?.isFile() && found.size === 0) fs.unlinkSync(`${root}/${path}`);
    if (kind === 'folder' && found?.isDirectory() && fs.readdirSync(`${root}/${path}`).length === 0)
      fs.rmdirSync(`${root}/${path}`);
  }
}

function walk(root: string, mend: boolean): Map<string, Entry> {
  const entries = new Map<string, Entry>();
  const pending = [''];
  for (let folder = pending.pop(); folder !== undefined; folder = pending.pop()) {
    for (const name of listFolder(`${root}/${folder}`, mend)) {
      const path = posix.join(folder, name);
      const stats = fs.lstatSync(`${root}/${path}`, { throwIfNoEntry: false });
      if (stats === undefined) continue;
      const link = stats.isSymbolicLink() ? fs.readlinkSync(`${root}/${path}`) : undefined;
      entries.set(path, { mode: stats.mode, link });
      if (stats.isDirectory()) pending.push(path);
    }
    if (entries.size > workspaceEntriesMax) {
      throw new Problem('plan-refused', `A writable mount has more than ${workspaceEntriesMax} entries`);
    }
  }
  return entries;
}

// A run may leave a folder behind that its owner cannot read; what lies in it is judged all the same.
function listFolder(path: string, mend: boolean): string[] {
  try {
    return fs.readdirSync(path);
  } catch (cause) {
    if (!mend || (cause as NodeJS.ErrnoException).code !== 'EACCES') return [];
    fs.chmodSync(path, 0o700);
    return fs.readdirSync(path);
  }
}
