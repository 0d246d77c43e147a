/** The state of a folder before and after a step, and the differences. No link is followed. */
import { lstatSync, readdirSync, type Stats, statSync } from 'node:fs';
import { ownersOf } from '../files/ownership.ts';
import { bytesOf, textOf, withHandle, withParent } from '../files/walk-folder.ts';
import { foldersDeepMax } from '../limits.ts';
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

/** Files below a folder, by relative path of bytes. */
export interface FolderState {
  readonly entries: ReadonlyMap<string, EntryState>;
  /** There are more entries than are compared. */
  readonly overflowed: boolean;
}

/**
 * Files below a folder, those of upper folders first. The paths of a state before and the watched
 * paths are always looked at, so that nobody hides their change behind many new files.
 * @param folder path of an opened folder, such as `/proc/self/fd/N`
 */
export function readState(folder: string, before?: FolderState): FolderState {
  const entries = new Map<string, EntryState>();
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
    const stat = inParent(folder, path, (at) => lstatSync(at));
    if (stat?.isDirectory() === false) keep(path, stat);
    // More than is compared is itself what was written there.
    else if (stat !== undefined && !below(path, watchedEntriesMax)) keep(`${path}/`, stat);
  }
  return { entries, overflowed: !below('', comparedEntriesMax) };
}

/** Bytes of all files below folders, and what an entry takes itself; stops counting at a limit. */
export function writtenBytes(folders: readonly string[], max: number): number {
  let bytes = 0;
  for (const folder of folders) {
    const isWhole = eachBelow(folder, '', (_, stat) => {
      bytes += Math.max(stat.isDirectory() ? 0 : stat.size, entryBytes);
      return bytes <= max;
    });
    if (!isWhole) return Math.max(bytes, max + 1);
  }
  return bytes;
}

const entryBytes = 4096;

/** Calls `see` for each entry until it returns false, and returns whether it saw all. */
function eachBelow(
  folder: string,
  start: string,
  see: (path: string, stat: Stats, looked: number) => boolean,
): boolean {
  let looked = 0;
  let isWhole = true;
  const waiting = [start];
  const list = (at: string, self: string): void => {
    // Names with a dot first: settings and startup files have them, and heaps of files do not.
    for (const name of readdirSync(`${self}/`, 'latin1').toSorted()) {
      const path = at === '' ? name : `${at}/${name}`;
      const stat = lstatSync(bytesOf(`${self}/${name}`), { throwIfNoEntry: false });
      if (stat === undefined) continue;
      isWhole = see(path, stat, ++looked);
      if (!isWhole) return;
      if (stat.isDirectory()) waiting.push(path);
    }
  };
  for (const at of waiting) {
    // Each level is opened again for each folder below it.
    if (at.split('/').length > foldersDeepMax) return false;
    if (at === '') list(at, folder);
    else inParent(folder, at, (parent) => withHandle(parent, (self) => list(at, self)));
    if (!isWhole) return false;
  }
  return true;
}

// A step can replace a folder by a file or a link: what was below it is no longer there.
function inParent<Result>(
  folder: string,
  path: string,
  act: (at: Buffer) => Result,
): Result | undefined {
  try {
    return withParent(folder, path, ownersOf(statSync(folder)), act);
  } catch (cause) {
    const { code = '' } = cause as NodeJS.ErrnoException;
    if (['ENOENT', 'ENOTDIR', 'EACCES'].includes(code)) return undefined;
    throw cause;
  }
}

export function changesOf(
  { entries: before }: FolderState,
  { entries: after }: FolderState,
): readonly ChangedPath[] {
  const paths = [...new Set([...before.keys(), ...after.keys()])].sort();
  return paths.flatMap((one): ChangedPath[] => {
    const path = textOf(one);
    const old = before.get(one);
    const now = after.get(one);
    if (old === undefined) return [{ path, how: 'new' }];
    if (now === undefined) return [{ path, how: 'deleted' }];
    if (old.changed !== now.changed || old.size !== now.size || old.mode !== now.mode)
      return [{ path, how: 'changed' }];
    return old.read === now.read ? [] : [{ path, how: 'read' }];
  });
}
