/**
 * Objects as files: each is written under another name, synced and renamed, and the folder is
 * synced, so that no name has half a file.
 */
import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { access, mkdir, readFile, rename, rm, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { digestOf } from '../../../skills-index/skill/digest.ts';
import { makeExclusive } from '../../context.ts';
import { objectWritesAtOnce } from '../../limits.ts';
import { forEachOf, type Objects, type TaggedBytes } from '../objects.ts';
import { syncFolder, writeNew } from './file-calls.ts';
import { absent, isAbsent, objectPath } from './object-paths.ts';

/** Objects on a disk, from which a sweep can remove some. */
export interface DiskObjects extends Objects {
  /**
   * Begins to remember which objects are written or kept, before any request. Those are never
   * removed, so an object that a later row names stays.
   */
  startRemovals(): Removals;
}

/** One sweep over the objects. */
export interface Removals {
  /** The names that were written or kept since the start. */
  readonly inUse: ReadonlySet<string>;
  /** Removes an object, unless it is in use. */
  remove(name: string): boolean;
  end(): void;
}

/** Objects below a folder. The folder is created when it is missing. */
export function diskObjects(folder: string): DiskObjects {
  let inUse: Set<string> | undefined;
  // One process serves a folder, so ordering within the process is enough for a put that compares.
  const exclusive = makeExclusive();
  const get = async (name: string): Promise<Uint8Array | undefined> =>
    readFile(objectPath(folder, name)).catch(absent);
  const has = async (name: string): Promise<boolean> =>
    (await access(objectPath(folder, name)).then(() => true, absent)) === true;
  const getTagged = async (name: string): Promise<TaggedBytes | undefined> => {
    const bytes = await get(name);
    return bytes && { bytes, tag: digestOf(bytes) };
  };
  const write = async (all: ReadonlyMap<string, Uint8Array>, isSynced = true): Promise<void> => {
    for (const name of all.keys()) inUse?.add(name);
    await writeAll(folder, all, isSynced);
  };
  return {
    get,
    getTagged,
    has,
    put: async (name, bytes) => write(new Map([[name, bytes]])),
    putOver: (name, bytes, tag) =>
      exclusive(name, async () => {
        if ((await getTagged(name))?.tag !== tag) return false;
        await write(new Map([[name, bytes]]));
        return true;
      }),
    putAll: async (all, { isRebuildable = false } = {}) => write(all, !isRebuildable),
    remove: (names) => forEachOf(names, (name) => rm(objectPath(folder, name), { force: true })),
    keep: async (name) => {
      if (inUse === undefined) return true;
      // Noted before the look: a removal is one step without a pause, so it comes before or never.
      inUse.add(name);
      return has(name);
    },
    startRemovals: () => {
      const used = new Set<string>();
      inUse = used;
      return {
        inUse: used,
        remove: (name) => {
          if (inUse !== used || used.has(name)) return false;
          rmSync(objectPath(folder, name), { force: true });
          return true;
        },
        end: () => {
          if (inUse === used) inUse = undefined;
        },
      };
    },
  };
}

// Part of the names of files that this process writes, to distinguish them from files of a dead
// process.
const processMark = randomUUID();

/**
 * Whether another process began to write this file. The caller has locked the folder, so that
 * process is dead.
 */
export function isForeignPart(name: string): boolean {
  return /^\.[0-9a-f.-]+\.part$/.test(name) && !name.startsWith(`.${processMark}.`);
}

/** A name for a file that this process begins to write. */
export function partName(): string {
  return `.${processMark}.${randomUUID()}.part`;
}

/**
 * Writes objects below a folder.
 * @param isSynced whether they have to last when this resolves
 * @param atOnce objects that are written at one time
 */
export async function writeAll(
  folder: string,
  all: ReadonlyMap<string, Uint8Array>,
  isSynced = true,
  atOnce = objectWritesAtOnce,
): Promise<void> {
  const touched = new Set<string>();
  const write = async ([name, bytes]: readonly [string, Uint8Array]): Promise<void> => {
    const path = objectPath(folder, name);
    const parent = dirname(path);
    const made = await writeWhole(path, bytes, isSynced);
    if (isSynced) touched.add(parent);
    // A new folder is also an entry of its parent, which has to be synced: later files in the
    // folder may have to last.
    for (let at = parent; made !== undefined && at.length >= made.length; at = dirname(at))
      touched.add(dirname(at));
  };
  await forEachOf(all, write, atOnce);
  await forEachOf(touched, syncFolder, atOnce);
}

/** @returns the first folder that had to be made */
async function writeWhole(
  path: string,
  bytes: Uint8Array,
  isSynced: boolean,
): Promise<string | undefined> {
  const temporary = join(dirname(path), partName());
  try {
    const made = await writePart(temporary, bytes, isSynced);
    await rename(temporary, path);
    return made;
  } catch (error) {
    await unlink(temporary).catch(() => undefined);
    throw error;
  }
}

// Most files go into a folder that is there.
async function writePart(
  path: string,
  bytes: Uint8Array,
  isSynced: boolean,
): Promise<string | undefined> {
  try {
    await writeNew(path, bytes, isSynced);
    return undefined;
  } catch (error) {
    if (!isAbsent(error)) throw error;
    const made = await mkdir(dirname(path), { recursive: true });
    await writeNew(path, bytes, isSynced);
    return made;
  }
}
