/**
 * Copies a registry's objects to a backup. An object under its own digest never changes, so its
 * name in the backup says that it is there. The other objects are compared. The status file is left
 * out: it may show a later head than the backup, and the database has the status of its own head.
 */
import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { digestOf, hexOf } from '../../skills-index/skill/digest.ts';
import { statusName } from '../index/status-json.ts';
import { objectWritesAtOnce } from '../limits.ts';
import { diskObjects } from '../store/disk/disk-objects.ts';
import { objectName } from '../store/disk/object-paths.ts';
import { forEachOf, type Objects } from '../store/objects.ts';

/**
 * Copies the objects that the backup lacks, or has with other bytes.
 * @param dir the data folder
 * @param to the folder of the backup's objects
 * @param say called with a sentence about an object that is damaged on its disk
 */
export async function copyObjects(
  dir: string,
  to: string,
  { say, signal }: { readonly say: (line: string) => void; readonly signal: AbortSignal },
): Promise<void> {
  const from = join(dir, 'objects');
  const source = diskObjects(from);
  const target = diskObjects(to);
  for await (const { folder, names } of foldersBelow(from, '')) {
    const there = new Set(await readdir(join(to, folder)).catch(absent));
    const other = names
      .map((name) => objectName(folder === '' ? name : `${folder}/${name}`))
      .filter((name) => name !== statusName && !(isFixed(name) && there.has(basename(name))));
    for (let at = 0; at < other.length; at += objectWritesAtOnce) {
      signal.throwIfAborted();
      await copy(other.slice(at, at + objectWritesAtOnce), { source, target, say });
    }
  }
}

async function copy(
  names: readonly string[],
  {
    source,
    target,
    say,
  }: {
    readonly source: Objects;
    readonly target: Objects;
    readonly say: (line: string) => void;
  },
): Promise<void> {
  const found = new Map<string, Uint8Array>();
  await forEachOf(names, async (name) => {
    const bytes = await source.get(name);
    if (bytes === undefined) return;
    if (whyNotOwnDigest(name, bytes) !== undefined)
      say(`warning: objects/${name} is damaged on its disk. The backup does not take it`);
    else if (isFixed(name) || !(await isSame(target, name, bytes))) found.set(name, bytes);
  });
  await target.putAll(found);
}

async function isSame(target: Objects, name: string, bytes: Uint8Array): Promise<boolean> {
  const there = await target.get(name);
  return there !== undefined && Buffer.compare(there, bytes) === 0;
}

/** Why the bytes of a blob are not those that its name says; undefined for every other object. */
export function whyNotOwnDigest(name: string, bytes: Uint8Array): string | undefined {
  if (!isFixed(name)) return undefined;
  const hex = hexOf(digestOf(bytes));
  return name.endsWith(`/${hex}`) ? undefined : `its bytes have the digest sha256:${hex}`;
}

/** Whether an object has the digest of its bytes as its name. */
function isFixed(name: string): boolean {
  return fixedNames.test(name);
}

const fixedNames =
  /^(?:(?:stored|public\/blobs)\/sha256|public\/index\/parts\/@[^/]+\/[^/]+)\/[0-9a-f]{64}$/;

/** The number of objects in the folder of a backup. A restoration copies as many. */
export async function countObjects(folder: string): Promise<number> {
  let number = 0;
  for await (const { names } of foldersBelow(folder, '')) number += names.length;
  return number;
}

/** The folders below a folder of objects, with the names of their files. */
export async function* foldersBelow(
  root: string,
  folder: string,
): AsyncGenerator<{ readonly folder: string; readonly names: readonly string[] }> {
  const entries = await readdir(join(root, folder), { withFileTypes: true }).catch(absent);
  const names = entries.filter((entry) => entry.isFile() && !isUnfinished(entry.name));
  yield { folder, names: names.map(({ name }) => name) };
  for (const entry of entries)
    if (entry.isDirectory())
      yield* foldersBelow(root, folder === '' ? entry.name : `${folder}/${entry.name}`);
}

function isUnfinished(name: string): boolean {
  return name.startsWith('.') && name.endsWith('.part');
}

function absent(error: NodeJS.ErrnoException): never[] {
  if (error.code === 'ENOENT') return [];
  throw error;
}
