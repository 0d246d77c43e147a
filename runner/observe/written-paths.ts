/** The state of a folder before and after a step, and the differences. No link is followed. */
import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { comparedEntriesMax } from './limits.ts';

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
 * Files below a folder, those of upper folders first. The paths of a state before are always
 * looked at, so that nobody hides their change behind many new files.
 */
export function readState(folder: string, before?: FolderState): FolderState {
  const entries = new Map<string, EntryState>();
  const look = (path: string): boolean => {
    const stat = lstatSync(join(folder, path), { throwIfNoEntry: false });
    if (stat === undefined || stat.isDirectory()) return stat !== undefined;
    const { atimeMs: read, mode, mtimeMs: changed, size } = stat;
    entries.set(path, { size, changed, read, mode });
    return false;
  };
  for (const path of before?.entries.keys() ?? []) look(path);
  let looked = 0;
  const waiting = [''];
  // Names with a dot first: settings and startup files have them, and heaps of files do not.
  for (const at of waiting)
    for (const name of namesIn(join(folder, at)).toSorted()) {
      if (looked++ >= comparedEntriesMax) return { entries, overflowed: true };
      const path = at === '' ? name : `${at}/${name}`;
      if (look(path)) waiting.push(path);
    }
  return { entries, overflowed: false };
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
