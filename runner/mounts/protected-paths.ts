/** Paths that a host or an agent executes or obeys: read-only inside every writable mount. */
import { constants, realpathSync } from 'node:fs';
import { posix } from 'node:path';
import { heldShut, isRepository, isShut } from '../../skills-index/run/protected-names.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { protectedPathsMax } from '../limits.ts';
import { bytesOf } from './walk-folder.ts';

/** An entry as it was before the run. Paths, as keys, are Latin-1 text of their bytes. */
export interface Entry {
  readonly mode: number;
  readonly inode: number;
  /** When it last changed in any way, in milliseconds; no run can set it. */
  readonly changed: number;
  readonly link?: string;
}

/** One line for the sandbox, in the order to mount in. Paths are relative to the mount. */
export interface ProtectedPath {
  readonly path: string;
  /**
   * `shut`: there, bound read-only. `file`, `folder`: not there, an empty one is put there for the run.
   * `pinned`: bound over itself, so that it cannot be renamed away with what is shut inside it.
   */
  readonly kind: 'shut' | 'file' | 'folder' | 'pinned';
}

/**
 * What has to be protected in a folder.
 * @param root the folder
 * @param before all its entries
 * @throws Problem `plan-refused` when it is more than a sandbox can hold shut
 */
export function findProtected(root: string, before: ReadonlyMap<string, Entry>): ProtectedPath[] {
  const wanted = [...before.keys()].filter(isShut);
  const links = wanted.filter((path) => before.get(path)?.link !== undefined);
  const plain = wanted.filter((path) => before.get(path)?.link === undefined);
  const shut = [...plain, ...links.flatMap((path) => leadsTo(root, path)), ...repositories(before)];
  // The same file under another name is the same file.
  const inodes = new Set(shut.map((path) => before.get(path)).map((entry) => (isFolder(entry) ? undefined : entry?.inode)));
  const twins = [...before].filter(([, entry]) => inodes.has(entry.inode)).map(([path]) => path);
  const all = new Set([...shut, ...twins]);
  const found = [
    ...heldShut.flatMap((name): ProtectedPath[] => absent(before, name)),
    ...[...all]
      .filter((path) => !foldersAbove(path).some((above) => all.has(above)))
      .map((path): ProtectedPath => ({ path: written(path), kind: 'shut' })),
  ];
  const pinned = new Set([...found.map(({ path }) => path), ...links.map(written)].flatMap(foldersAbove));
  for (const { path } of found) pinned.delete(path);
  if (found.length + pinned.size > protectedPathsMax) {
    throw new Problem('plan-refused', `A writable mount has ${found.length} paths to protect; at most ${protectedPathsMax}`);
  }
  return [...[...pinned].sort().map((path) => ({ path, kind: 'pinned' }) as const), ...found];
}

function isFolder(entry: Entry | undefined): boolean {
  return entry !== undefined && (entry.mode & constants.S_IFMT) === constants.S_IFDIR;
}

function absent(before: ReadonlyMap<string, Entry>, name: string): ProtectedPath[] {
  const path = name.replace(/\/$/, '');
  return before.has(path) ? [] : [{ path, kind: path === name ? 'file' : 'folder' }];
}

function repositories(before: ReadonlyMap<string, Entry>): string[] {
  const folders = [...before.keys()].filter((path) => posix.basename(path) === 'HEAD').map((path) => posix.dirname(path));
  const found = folders.filter((folder) => isRepository((name) => before.has(posix.join(folder, name))));
  if (found.includes('.')) throw new Problem('plan-refused', 'A writable mount is itself the inside of a git repository');
  return found;
}

// A link cannot be mounted over: what it leads to is shut, where that is in the mount, and the link itself is restored afterwards.
function leadsTo(root: string, path: string): string[] {
  try {
    const target = posix.relative(realpathSync(root), realpathSync(bytesOf(`${root}/${path}`)));
    return target === '' || target.startsWith('..') ? [] : [Buffer.from(target).toString('latin1')];
  } catch {
    return [];
  }
}

// As the sandbox is told it.
function written(path: string): string {
  const text = bytesOf(path).toString('utf8');
  if (Buffer.from(text).equals(bytesOf(path))) return text;
  throw new Problem('plan-refused', `A writable mount has a path to protect whose name is not UTF-8: ${text}`);
}

function foldersAbove(path: string): string[] {
  const parts = path.split('/').slice(0, -1);
  return parts.map((_, i) => parts.slice(0, i + 1).join('/'));
}
