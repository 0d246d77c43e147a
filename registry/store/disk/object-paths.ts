/**
 * Where objects are below their folder. Stored blobs are in 256 folders, since opening a file takes
 * longer in a folder of very many files. Public objects are where their names say: a static host
 * may serve them by their paths.
 */
import type { Dirent } from 'node:fs';
import { opendir } from 'node:fs/promises';
import { join } from 'node:path';
import { Problem } from '../../../skills-index/skill/problem.ts';

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
export function isAbsent(error: unknown): boolean {
  return (
    error instanceof Error &&
    'code' in error &&
    (error.code === 'ENOENT' || error.code === 'ENOTDIR')
  );
}
