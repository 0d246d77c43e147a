/**
 * Where objects are below their folder. Stored blobs are in 256 folders, since opening a file takes
 * longer in a folder of very many files. Earlier releases kept all stored blobs in one folder.
 * Public objects are where their names say: a static host may serve them by their paths.
 */
import type { Dirent } from 'node:fs';
import { access, mkdir, opendir, rename, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Problem } from '../../../skills-index/skill/problem.ts';
import { syncFolder } from './file-calls.ts';

const storedFolder = 'stored/sha256';
const storedName = /^stored\/sha256\/(([0-9a-f]{2})[0-9a-f]{62})$/;
const hexDigest = /^[0-9a-f]{64}$/;
const hexByte = /^[0-9a-f]{2}$/;

/** The path of an object. */
export function objectPath(folder: string, name: string): string {
  const [, hex = '', byte = ''] = storedName.exec(name) ?? [];
  return hex === '' ? earlierPath(folder, name) : join(folder, storedFolder, byte, hex);
}

/** The path that an object had in earlier releases. */
export function earlierPath(folder: string, name: string): string {
  if (name.split('/').some((part) => part === '' || part === '.' || part === '..'))
    throw new Problem('internal', `Not the name of an object: ${name.slice(0, 200)}`);
  return join(folder, name);
}

/** The name of the object at a path below the folder, with `/` between its parts. */
export function objectName(path: string): string {
  return path.replace(/^(stored\/sha256)\/[0-9a-f]{2}\/([0-9a-f]{64})$/, '$1/$2');
}

/** The hexadecimal digests of all stored blobs that are at the paths of this release. */
export async function* storedDigests(folder: string): AsyncGenerator<string> {
  for await (const { name: byte } of entriesOf(folder)) {
    if (!hexByte.test(byte)) continue;
    for await (const { name } of entriesOf(folder, byte)) if (hexDigest.test(name)) yield name;
  }
}

/**
 * Moves stored blobs out of the one folder of earlier releases, one at a time. A blob that a killed
 * process has not moved is moved by the next call.
 * @returns the number of moved blobs
 */
export async function moveStored(folder: string, signal: AbortSignal): Promise<number> {
  let moved = 0;
  const made = new Set<string>();
  for await (const { name } of entriesOf(folder)) {
    if (signal.aborted) return moved;
    if (!hexDigest.test(name)) continue;
    const from = join(folder, storedFolder, name);
    const to = objectPath(folder, `${storedFolder}/${name}`);
    const parent = dirname(to);
    if (!made.has(parent) && (await mkdir(parent, { recursive: true })) !== undefined)
      await syncFolder(dirname(parent));
    made.add(parent);
    // A blob that is there, too, was written by this release, so it is the sound one.
    if (await isThere(to)) await unlink(from);
    else await rename(from, to);
    moved++;
  }
  return moved;
}

/** The entries of the folder of stored blobs, or of a folder in it; none when it is missing. */
async function* entriesOf(folder: string, below = ''): AsyncGenerator<Dirent> {
  const entries = await opendir(join(folder, storedFolder, below)).catch(absent);
  yield* entries ?? [];
}

async function isThere(path: string): Promise<boolean> {
  const found = await access(path).then(() => true, absent);
  return found === true;
}

/** Undefined for the error of a file that is missing; throws every other error. */
export function absent(error: unknown): undefined {
  if (isAbsent(error)) return undefined;
  throw error;
}

/** Whether an error says that a file is missing. */
export function isAbsent(error: unknown): boolean {
  return (
    error instanceof Error &&
    'code' in error &&
    (error.code === 'ENOENT' || error.code === 'ENOTDIR')
  );
}
