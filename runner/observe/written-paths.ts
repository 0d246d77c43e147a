/** The state of a folder before and after a step, and the differences. No link is followed. */
import { lstatSync, readdirSync, type Stats } from 'node:fs';
import { dirname, join } from 'node:path';
import { comparedEntriesMax, watchedEntriesMax } from './limits.ts';
import { watchedPaths } from './startup-paths.ts';

interface EntryState {
  readonly size: number;
  readonly changed: number;
  readonly read: number;
  readonly mode: number;
}

export interface ChangedPath {
  readonly path: string;
  readonly how: 'new' | 'changed' | 'deleted' | 'read';
}

/** Files below a folder, by relative path. */
export interface FolderState {
  readonly entries: ReadonlyMap<string, EntryState>;
  /** There are more entries than are compared. */
  readonly overflowed: boolean;
}

/**
 * Files below a folder, those of upper folders first. The paths of a state before and the watched
 * paths are always looked at, so that nobody hides their change behind many new files.
 */
export function readState(folder: string, before?: FolderState): FolderState {
  const entries = new Map<string, EntryState>();
  const folders = new Map<string, boolean>([['.', true]]);
  const isFolder = (path: string): boolean => {
    const known = folders.get(path);
    if (known !== undefined) return known;
    const is = isFolder(dirname(path)) && statOf(join(folder, path))?.isDirectory() === true;
    folders.set(path, is);
    return is;
  };
  const keep = (path: string, { atimeMs: read, mode, mtimeMs: changed, size }: Stats): void => {
    entries.set(path, { size, changed, read, mode });
  };
  const below = (path: string, max: number): boolean =>
    eachBelow(folder, path, (one, stat, looked) => {
      if (looked > max) return false;
      if (!stat.isDirectory()) keep(one, stat);
      return true;
    });
  for (const path of [...(before?.entries.keys() ?? []), ...watchedPaths]) {
    // The system would look through a link in the place of a folder above.
    const stat = isFolder(dirname(path)) ? statOf(join(folder, path)) : undefined;
    if (stat?.isDirectory() === false) keep(path, stat);
    // More than is compared is itself what was written there.
    else if (stat !== undefined && !below(path, watchedEntriesMax)) keep(`${path}/`, stat);
  }
  return { entries, overflowed: !below('', comparedEntriesMax) };
}

/** Bytes of all files below folders, and what an entry takes itself; stops counting at a limit. */
export function writtenBytes(folders: readonly string[], max: number): number {
  let bytes = 0;
  for (const folder of folders)
    eachBelow(folder, '', (_, stat) => {
      bytes += Math.max(stat.isDirectory() ? 0 : stat.size, entryBytes);
      return bytes <= max;
    });
  return bytes;
}

const entryBytes = 4096;

/** Calls `see` for each entry until it returns false, and returns whether it never did. */
function eachBelow(
  folder: string,
  start: string,
  see: (path: string, stat: Stats, looked: number) => boolean,
): boolean {
  let looked = 0;
  const waiting = [start];
  // Names with a dot first: settings and startup files have them, and heaps of files do not.
  for (const at of waiting)
    for (const name of namesIn(join(folder, at)).toSorted()) {
      const path = at === '' ? name : `${at}/${name}`;
      const stat = statOf(join(folder, path));
      if (stat === undefined) continue;
      if (!see(path, stat, ++looked)) return false;
      if (stat.isDirectory()) waiting.push(path);
    }
  return true;
}

const gone = ['ENOENT', 'ENOTDIR', 'ELOOP', 'EACCES', 'ENAMETOOLONG'];

// A step can replace a folder by a file or a link: what was below it is no longer there.
function statOf(path: string): Stats | undefined {
  try {
    return lstatSync(path);
  } catch (cause) {
    if (gone.includes((cause as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw cause;
  }
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

export function changesOf(
  { entries: before }: FolderState,
  { entries: after }: FolderState,
): readonly ChangedPath[] {
  const paths = [...new Set([...before.keys(), ...after.keys()])].sort();
  return paths.flatMap((path): ChangedPath[] => {
    const old = before.get(path);
    const now = after.get(path);
    if (old === undefined) return [{ path, how: 'new' }];
    if (now === undefined) return [{ path, how: 'deleted' }];
    if (old.changed !== now.changed || old.size !== now.size || old.mode !== now.mode)
      return [{ path, how: 'changed' }];
    return old.read === now.read ? [] : [{ path, how: 'read' }];
  });
}
