/**
 * Objects as files: each is written under another name, synced and renamed, and the folder is
 * synced, so that no name has half a file.
 */

import { randomUUID } from 'node:crypto';
import fs, { type Dirent, rmSync } from 'node:fs';
import { access, mkdir, opendir, readFile, rename, rm, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { digestOf } from '../../../skills-index/skill/digest.ts';
import { Problem } from '../../../skills-index/skill/problem.ts';
import { makeExclusive } from '../../context.ts';
import { forEachOf, type Objects, objectWritesAtOnce, type TaggedBytes } from '../objects.ts';

/** Objects on a disk, from which a sweep can remove some. */
interface DiskObjects extends Objects {
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
async function writeAll(
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

// Where objects are below their folder. Stored blobs are in 256 folders, since opening a file takes
// longer in a folder of very many files. Public objects are where their names say: a static host
// may serve them by their paths.

const storedFolder = 'stored/sha256';
const storedName = /^stored\/sha256\/(([0-9a-f]{2})[0-9a-f]{62})$/;
const hexDigest = /^[0-9a-f]{64}$/;
const hexByte = /^[0-9a-f]{2}$/;

/** The path of an object. */
export function objectPath(folder: string, name: string): string {
  const [, hex = '', byte = ''] = storedName.exec(name) ?? [];
  if (hex !== '') return join(folder, storedFolder, byte, hex);
  if (name.split('/').some((part) => part === '' || part === '.' || part === '..'))
    throw new Problem('internal', `Not the name of an object: ${name.slice(0, 200)}`);
  return join(folder, name);
}

/** The name of the object at a path below the folder, with `/` between its parts. */
export function objectName(path: string): string {
  return path.replace(/^(stored\/sha256)\/[0-9a-f]{2}\/([0-9a-f]{64})$/, '$1/$2');
}

/** The hexadecimal digests of all stored blobs. */
export async function* storedDigests(folder: string): AsyncGenerator<string> {
  for await (const { name: byte } of entriesOf(folder)) {
    if (!hexByte.test(byte)) continue;
    for await (const { name } of entriesOf(folder, byte)) if (hexDigest.test(name)) yield name;
  }
}

/** The entries of the folder of stored blobs, or of a folder in it; none when it is missing. */
async function* entriesOf(folder: string, below = ''): AsyncGenerator<Dirent> {
  const entries = await opendir(join(folder, storedFolder, below)).catch(absent);
  yield* entries ?? [];
}

/** Undefined for the error of a file that is missing; throws every other error. */
export function absent(error: unknown): undefined {
  if (isAbsent(error)) return undefined;
  throw error;
}

/** Whether an error says that a file is missing. */
function isAbsent(error: unknown): boolean {
  return (
    error instanceof Error &&
    'code' in error &&
    (error.code === 'ENOENT' || error.code === 'ENOTDIR')
  );
}

// Calls that write whole files. They take the numbers of open files: a `FileHandle` takes more
// processor time than the calls themselves. A call that can wait for the disk is made in a thread.
// Closing a file waits for nothing, and neither does opening a folder that was just written to.

/**
 * Writes a new file.
 * @param isSynced whether the bytes have to last when this resolves
 * @throws NodeJS.ErrnoException `EEXIST` when the file is there, `ENOENT` without its folder
 */
async function writeNew(path: string, bytes: Uint8Array, isSynced: boolean): Promise<void> {
  const file = await made<number>((done) => fs.open(path, 'wx', 0o644, done));
  try {
    await made<void>((done) => fs.writeFile(file, bytes, done));
    if (isSynced) await made<void>((done) => fs.fdatasync(file, done));
  } finally {
    fs.closeSync(file);
  }
}

/** Makes the entries of a folder last. */
async function syncFolder(path: string): Promise<void> {
  const folder = fs.openSync(path, 'r');
  try {
    await made<void>((done) => fs.fsync(folder, done));
  } finally {
    fs.closeSync(folder);
  }
}

type Done<Result> = (error: NodeJS.ErrnoException | null, result: Result) => void;

function made<Result>(call: (done: Done<Result>) => void): Promise<Result> {
  return new Promise((resolve, reject) => {
    call((error, result) =>
      error === null || error === undefined ? resolve(result) : reject(error),
    );
  });
}
