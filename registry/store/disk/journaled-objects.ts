/** Objects on a disk whose small blobs wait in a journal for files of their own. */
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { digestOf } from '../../../skills-index/skill/digest.ts';
import { forEachOf } from '../objects.ts';
import { type DiskObjects, diskObjects, writeAll } from './disk-objects.ts';
import { syncFolder } from './file-calls.ts';
import { pendingStoredAtOnce } from './limits.ts';
import { absent, objectPath } from './object-paths.ts';
import { PendingBlobs } from './pending-blobs.ts';

export interface JournaledObjects extends DiskObjects {
  /** Gives all blobs their files. Later puts do not use the journal. */
  close(): Promise<void>;
}

export interface JournaledFolder {
  /** The data folder, which this process has locked. */
  readonly dir: string;
  /** The folder of the objects. */
  readonly folder: string;
  readonly say: (line: string) => void;
}

/** Opens the objects, and stores what a killed process left in the journal. */
export async function openJournaledObjects({
  dir,
  folder,
  say,
}: JournaledFolder): Promise<JournaledObjects> {
  const disk = diskObjects(folder);
  const pending = await PendingBlobs.open(dir, (all) => storeAll(folder, all), say);
  const take: PendingBlobs['take'] = async (all, isSynced) => {
    // No sweep removes an older file of the blob meanwhile. Whether there is one does not matter.
    for (const name of all.keys()) void disk.keep?.(name).catch(() => undefined);
    return pending.take(all, isSynced);
  };
  return {
    ...disk,
    get: async (name) => pending.get(name) ?? disk.get(name),
    getTagged: async (name) => {
      const bytes = pending.get(name);
      return bytes === undefined ? disk.getTagged(name) : { bytes, tag: digestOf(bytes) };
    },
    has: async (name) => pending.get(name) !== undefined || disk.has(name),
    putTogether: take,
    putAll: async (all, options = {}) => {
      const areBlobs = [...all].every(([name]) => name.startsWith('stored/sha256/'));
      if (options.isRebuildable === true && areBlobs && (await take(all, false))) return;
      await disk.putAll(all, options);
    },
    remove: async (names) => {
      if (names.some((name) => pending.isRecorded(name))) await pending.settle();
      await disk.remove(names);
    },
    close: () => pending.close(),
  };
}

/** Stores the blobs of which there is no equal file. All last when it resolves. */
async function storeAll(folder: string, all: ReadonlyMap<string, Uint8Array>): Promise<void> {
  const missing = new Map<string, Uint8Array>();
  const folders = new Set<string>();
  const compare = async ([name, bytes]: readonly [string, Uint8Array]): Promise<void> => {
    const path = objectPath(folder, name);
    const there = await readFile(path).catch(absent);
    // Another request may have just renamed the file, and may not have synced its folder yet.
    if (there !== undefined && Buffer.compare(there, bytes) === 0) folders.add(dirname(path));
    else missing.set(name, bytes);
  };
  await forEachOf(all, compare, pendingStoredAtOnce);
  await writeAll(folder, missing, true, pendingStoredAtOnce);
  await forEachOf(folders, syncFolder, pendingStoredAtOnce);
}
