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
export function readState(folder: string): ReadonlyMap<string, EntryState> {
  const found = new Map<string, EntryState>();
  const waiting = [''];
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop())
    for (const name of namesIn(join(folder, at))) {
      if (found.size >= comparedEntriesMax) return found;
      const path = at === '' ? name : `${at}/${name}`;
      const stat = lstatSync(join(folder, path), { throwIfNoEntry: false });
      if (stat === undefined) continue;
      if (stat.isDirectory()) waiting.push(path);
      else
        found.set(path, {
          size: stat.size,
          changed: stat.mtimeMs,
          read: stat.atimeMs,
          mode: stat.mode,
        });
    }
  return found;
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

export function changesOf(
  before: ReadonlyMap<string, EntryState>,
  after: ReadonlyMap<string, EntryState>,
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
