/** Lists and deletes stored packages. The folder of a set has the time of the last use. */

import { spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import * as fs from 'node:fs';
import { basename, dirname, join } from 'node:path';
import * as v from 'valibot';
import type { LockedFile } from '../../skills-index/packages/locked-package.ts';
import { foldersAbove } from '../../skills-index/skill/bundle-path.ts';
import { type Ecosystem, ecosystems } from '../../skills-index/skill/ecosystem.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import type { ArchiveFile } from '../archives/tgz.ts';
import { startTimeOf } from '../files/lock.ts';
import { removeTree } from '../files/remove-tree.ts';
import { readRecord, type SetRecord } from '../packages/stored-set.ts';

/** Hours for which new packages stay in any case: an installation may be about to use them. */
const newHours = 24;

/** Bytes of all stored packages of one user. */
const storedBytesMax = 20 * 1024 * 1024 * 1024;

interface StoredSet {
  /** As notes of runs name the set. */
  readonly name: string;
  readonly folder: string;
  readonly record: SetRecord;
  readonly used: Date;
}

interface Cleaned {
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

// The store of unpacked packages: one read-only folder for each wheel or tarball, named by the hash
// of the lock. A folder gets its name when it is complete, so no reader sees half of a package.

export interface StoredFile {
  readonly path: string;
  readonly sha256: string;
  readonly isExecutable: boolean;
}

/** The record of a stored package. */
export interface StoredPackage {
  readonly name: string;
  readonly version: string;
  readonly bytes: number;
  readonly files: readonly StoredFile[];
}

const recordShape = v.object({
  name: v.string(),
  version: v.string(),
  bytes: v.number(),
  files: v.array(v.object({ path: v.string(), sha256: v.string(), isExecutable: v.boolean() })),
});

const recordName = 'package.json';

export function storeFolder(data: string): string {
  return join(data, 'packages');
}

/** The folder of a stored package, whose files lie in its folder `files`. */
export function storedFolder(data: string, ecosystem: Ecosystem, { hash }: LockedFile): string {
  return join(storeFolder(data), ecosystem, hash.replace(':', '-'));
}

/** Reads a folder of the store without a look at its files; undefined when it is not there. */
export function readStored(folder: string): StoredPackage | undefined {
  try {
    return v.parse(recordShape, JSON.parse(fs.readFileSync(join(folder, recordName), 'utf8')));
  } catch {
    return undefined;
  }
}

/**
 * Reads a folder of the store, when each file has the recorded bytes and nobody may write to it;
 * undefined otherwise.
 */
export function readWhole(folder: string): StoredPackage | undefined {
  const stored = readStored(folder);
  return stored !== undefined && isWhole(folder, stored) ? stored : undefined;
}

function isWhole(folder: string, { files }: StoredPackage): boolean {
  return files.every(({ path, sha256 }) => {
    const at = join(folder, 'files', path);
    const found = fs.lstatSync(at, { throwIfNoEntry: false });
    if (found?.isFile() !== true || (found.mode & 0o222) !== 0) return false;
    return hashOf(fs.readFileSync(at)) === sha256;
  });
}

/**
 * Stores files as one package, and returns the package's record.
 * @throws Problem `packages-full`, and the failures of reading a file of an archive
 */
export function storeFiles(
  data: string,
  folder: string,
  { name, version }: { readonly name: string; readonly version: string },
  files: readonly ArchiveFile[],
): StoredPackage {
  const isThere = (): boolean => readWhole(folder) !== undefined;
  return intoPlace(data, folder, isThere, (made) => {
    requireSpace(
      data,
      files.reduce((sum, { size }) => sum + size, 0),
    );
    const stored = files.map(({ isExecutable, path, read }): StoredFile => {
      const bytes = read();
      const at = join(made, 'files', path);
      fs.mkdirSync(dirname(at), { recursive: true });
      fs.writeFileSync(at, bytes, { flag: 'wx', mode: isExecutable ? 0o555 : 0o444 });
      return { path, sha256: hashOf(bytes), isExecutable };
    });
    fs.mkdirSync(join(made, 'files'), { recursive: true });
    const bytes = files.reduce((sum, { size }) => sum + size, 0);
    const record: StoredPackage = { name, version, bytes, files: stored };
    fs.writeFileSync(join(made, recordName), JSON.stringify(record), { mode: 0o444 });
    closeFolders(
      join(made, 'files'),
      stored.map(({ path }) => path),
    );
    return record;
  });
}

/** Makes a file tree read-only: the folders of these files, and the tree's own folder. */
export function closeFolders(tree: string, paths: readonly string[]): void {
  for (const folder of new Set(paths.flatMap(foldersAbove)))
    fs.chmodSync(join(tree, folder), 0o555);
  fs.chmodSync(tree, 0o555);
}

/**
 * Makes a folder and puts it into its place when it is complete.
 * @param isThere whether the place has a whole folder: another process was faster, and runs may
 * use its folder already. A damaged folder gives way.
 * @throws Problem `packages-full`
 */
export function intoPlace<Result>(
  data: string,
  folder: string,
  isThere: () => boolean,
  make: (made: string) => Result,
): Result {
  const work = join(storeFolder(data), 'new');
  fs.mkdirSync(work, { recursive: true, mode: 0o700 });
  fs.mkdirSync(dirname(folder), { recursive: true, mode: 0o700 });
  const name = `${process.pid}-${startTimeOf(process.pid)}-${randomBytes(6).toString('hex')}`;
  const made = join(work, name);
  fs.mkdirSync(made, { mode: 0o700 });
  try {
    const result = make(made);
    // After a power failure, a file may have its name and none of its bytes.
    spawnSync('/usr/bin/sync', ['-f', made]);
    if (isThere()) return result;
    if (fs.existsSync(folder)) fs.renameSync(folder, `${made}-old`);
    rename(made, folder);
    return result;
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code !== 'ENOSPC' && code !== 'EDQUOT') throw cause;
    throw new Problem(
      'packages-full',
      `Cannot store packages below ${storeFolder(data)}: ${message}`,
      { cause },
    );
  } finally {
    removeTree(made);
    removeTree(`${made}-old`);
  }
}

function rename(made: string, folder: string): void {
  try {
    fs.renameSync(made, folder);
  } catch (cause) {
    if (!['EEXIST', 'ENOTEMPTY'].includes((cause as NodeJS.ErrnoException).code ?? '')) throw cause;
  }
}

/** Deletes what killed installations left. */
export function removeLeftovers(data: string): void {
  const work = join(storeFolder(data), 'new');
  for (const name of fs.existsSync(work) ? fs.readdirSync(work) : []) {
    const [pid = '', start] = name.split('-');
    if (startTimeOf(Number(pid)) !== start) removeTree(join(work, name));
  }
}

/** The stored packages, with their folders. */
export function listStored(
  data: string,
): { readonly folder: string; readonly stored: StoredPackage }[] {
  return storedFolders(data).flatMap((folder) => {
    const stored = readStored(folder);
    return stored === undefined ? [] : [{ folder, stored }];
  });
}

function storedFolders(data: string): string[] {
  return ecosystems.flatMap((ecosystem) => {
    const above = join(storeFolder(data), ecosystem);
    const names = fs.existsSync(above) ? fs.readdirSync(above) : [];
    return names.map((name) => join(above, name));
  });
}

// A package has the same bytes as long as its folder has the name, so its record is read once: each
// of a hundred new packages asks how much the store holds.
const knownBytes = new Map<string, number>();

/** The bytes of all stored packages. */
function storedBytes(data: string): number {
  let sum = 0;
  for (const folder of storedFolders(data)) {
    const bytes = knownBytes.get(folder) ?? readStored(folder)?.bytes;
    if (bytes === undefined) continue;
    knownBytes.set(folder, bytes);
    sum += bytes;
  }
  return sum;
}

function requireSpace(data: string, bytes: number): void {
  const used = storedBytes(data);
  if (used + bytes <= storedBytesMax) return;
  throw new Problem(
    'packages-full',
    `Cannot store packages below ${storeFolder(data)}: they would have ${used + bytes} bytes; at most ${storedBytesMax}`,
  );
}

function hashOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
