/** Lists and deletes stored packages. The folder of a set has the time of the last use. */
import * as fs from 'node:fs';
import { basename, join } from 'node:path';
import { removeTree } from '../files/remove-tree.ts';
import { readRecord, type SetRecord } from '../packages/stored-set.ts';
import { newHours } from './limits.ts';
import { listStored, removeLeftovers, storedBytes, storeFolder } from './store.ts';

export interface StoredSet {
  /** As notes of runs name the set. */
  readonly name: string;
  readonly folder: string;
  readonly record: SetRecord;
  readonly used: Date;
}

export interface Cleaned {
  readonly sets: number;
  readonly packages: number;
  readonly bytes: number;
}

/** The sets of packages on this host, the last used first, and the bytes of all packages. */
export function listSets(data: string): {
  readonly bytes: number;
  readonly sets: readonly StoredSet[];
} {
  return { bytes: storedBytes(data), sets: readSets(data) };
}

function readSets(data: string): StoredSet[] {
  const above = join(storeFolder(data), 'sets');
  const names = fs.existsSync(above) ? fs.readdirSync(above) : [];
  return names
    .flatMap((name): StoredSet[] => {
      const folder = join(above, name);
      const record = readRecord(folder);
      // Another process may delete the set meanwhile.
      const used = fs.statSync(folder, { throwIfNoEntry: false })?.mtime;
      return record === undefined || used === undefined
        ? []
        : [{ name: name.slice(0, 12), folder, record, used }];
    })
    .sort((a, b) => b.used.getTime() - a.used.getTime());
}

/**
 * Deletes the sets that no run used since `before`, and the packages that no set links to. A new
 * package stays: an installation may be about to link to it.
 * @param kept the keys of sets that stay, used or not: no start may fetch the house's packages
 */
export function cleanPackages(
  data: string,
  before: Date,
  now: Date,
  kept: ReadonlySet<string> = new Set(),
): Cleaned {
  removeLeftovers(data);
  const old = readSets(data).filter(
    ({ folder, used }) => used < before && !kept.has(basename(folder)),
  );
  for (const { folder } of old) removeTree(folder);
  const youngest = now.getTime() - newHours * 60 * 60 * 1000;
  const unused = listStored(data).filter(
    ({ folder, stored }) =>
      fs.statSync(folder).mtimeMs < youngest &&
      stored.files.every(({ path }) => linksOf(join(folder, 'files', path)) <= 1),
  );
  for (const { folder } of unused) {
    removeTree(folder);
    removeByteCode(data, basename(folder));
  }
  const bytes = unused.reduce((sum, { stored }) => sum + stored.bytes, 0);
  return { sets: old.length, packages: unused.length, bytes };
}

function linksOf(path: string): number {
  return fs.lstatSync(path, { throwIfNoEntry: false })?.nlink ?? 0;
}

function removeByteCode(data: string, storedName: string): void {
  const above = join(storeFolder(data), 'byte-code');
  for (const tag of fs.existsSync(above) ? fs.readdirSync(above) : [])
    removeTree(join(above, tag, storedName));
}
