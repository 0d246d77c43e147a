/** Copies a registry's data folder to a backup once, while the registry serves or is stopped. */

import { existsSync, rmSync } from 'node:fs';
import { open, readdir, rename, stat } from 'node:fs/promises';
import { basename, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import BetterSqlite3 from 'better-sqlite3';
import { drizzle } from 'drizzle-orm/better-sqlite3';
import { type Digest, digestOf, hexOf } from '../../skills-index/skill/digest.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { rootFingerprint } from '../../skills-index/trust/root/root.ts';
import { readRootFile } from '../data-folder/data-folder.ts';
import { rootOfSize } from '../log/log.ts';
import { hashText } from '../store/columns/predicate-type-column.ts';
import { startCheck } from '../store/database-check.ts';
import { databaseWaitMs, lockFolder } from '../store/database-file.ts';
import { diskObjects, objectName, objectPath } from '../store/disk/disk-objects.ts';
import {
  forEachOf,
  type Objects,
  objectWritesAtOnce,
  statusName,
  storedBlobName,
} from '../store/objects.ts';
import { requireOwnObjects } from '../store/s3/objects-place.ts';
import {
  type BackupAbout,
  type CopiedFiles,
  copyDataFiles,
  makeBackupFolders,
  placesIn,
  readAbout,
  sweepUnfinished,
  syncFolder,
  unfinishedPath,
  writeAbout,
} from './data-files.ts';

/** Pages of the database that one step of a backup copies. */
const copiedPagesAtOnce = 1_000;

export interface BackupOptions {
  /** The data folder. */
  readonly dir: string;
  /** The folder of the backup, which is made when it is missing. */
  readonly backup: string;
  /** Whether files with unsealed private keys are copied. */
  readonly withKeys: boolean;
  readonly say: (line: string) => void;
  readonly signal: AbortSignal;
  /** Called with the copied pages of the database, and all pages. */
  readonly progress?: ((done: number, all: number) => void) | undefined;
}

export interface MadeBackup {
  readonly about: BackupAbout;
  /** Objects that the backup has. */
  readonly objects: number;
  readonly files: CopiedFiles;
}

/**
 * Makes the backup whole as of now. The state before stays restorable until then.
 * @throws Problem `file-not-found`, `file-exists`, `folder-in-use`, `log-behind`,
 * `database-damaged`, `object-store-unfit`
 */
export async function makeBackup(options: BackupOptions): Promise<MadeBackup> {
  const { dir, backup, say, signal } = options;
  const target = await openTarget(options);
  try {
    const { database, files, objects } = placesIn(backup);
    const part = unfinishedPath(database);
    const log = await copyDatabase(part, target.about, options);
    // After the rows that need them, so that those of the copied rows are all here now.
    await copyObjects(dir, objects, { say, signal });
    const copied = await copyDataFiles(dir, files, options.withKeys);
    signal.throwIfAborted();
    await rename(part, database);
    await syncFolder(backup);
    const about = { ...target.next, log, at: new Date().toISOString() };
    await writeAbout(backup, about);
    await removeRemoved(dir, objects);
    return { about, objects: await countObjects(objects), files: copied };
  } finally {
    target.letGo();
  }
}

/**
 * Copies the database as of one commit, while the registry writes on.
 * @returns the head of the log in the copy
 * @throws Problem `log-behind`; `database-damaged` when the copy is not sound
 */
async function copyDatabase(
  part: string,
  before: BackupAbout | undefined,
  options: BackupOptions,
): Promise<BackupAbout['log']> {
  const { dir, say, signal, progress } = options;
  const source = new BetterSqlite3(join(dir, 'registry.sqlite'), {
    fileMustExist: true,
    timeout: databaseWaitMs,
  });
  let log: BackupAbout['log'];
  try {
    // Without a transaction, SQLite begins the copy anew whenever the registry commits.
    source.exec('BEGIN');
    log = await requireContinued(source, before, options);
    await source.backup(part, {
      progress: ({ totalPages, remainingPages }) => {
        signal.throwIfAborted();
        progress?.(totalPages - remainingPages, totalPages);
        return copiedPagesAtOnce;
      },
    });
  } finally {
    source.close();
  }
  const file = await open(part, 'r+');
  try {
    await file.chmod(0o600);
    // Not in WAL mode: a reader of the copy needs no further files beside the copy.
    await file.write(Buffer.of(1, 1), 0, 2, 18);
    await file.datasync();
  } finally {
    await file.close();
  }
  const damage = await startCheck(part, say).found;
  if (damage !== undefined)
    throw new Problem(
      'database-damaged',
      `The copy of the database is damaged: ${damage.message}`,
      {
        hint: 'The backup keeps its older copy. Check the disk of the backup, and the database of the registry: docs/registry-reference.md, "The database is damaged".',
      },
    );
  return log;
}

interface OpenTarget {
  /** What the backup had before. */
  readonly about: BackupAbout | undefined;
  readonly next: Pick<BackupAbout, 'schema' | 'origin' | 'root'>;
  letGo(): void;
}

/**
 * Opens the folder of a backup for writing, and locks it.
 * @throws Problem `file-not-found`, `file-exists`, `folder-in-use`, `object-store-unfit`
 */
async function openTarget({ dir, backup, say }: BackupOptions): Promise<OpenTarget> {
  const root = await readRootFile(dir);
  await requireOwnObjects(
    dir,
    'a backup without them would not be whole: docs/registry-reference.md, "Objects in an S3 store", says how to save such a registry',
  );
  if (!existsSync(join(dir, 'registry.sqlite')))
    throw new Problem(
      'file-not-found',
      `Cannot back up ${JSON.stringify(dir)}: the registry was never started and has no database`,
    );
  const inside = relative(resolve(dir), resolve(backup));
  if (inside.split(sep)[0] !== '..' && !isAbsolute(inside))
    throw new Problem(
      'file-exists',
      `Cannot make a backup in ${JSON.stringify(backup)}: the folder lies in the registry's own folder ${JSON.stringify(dir)}`,
      { hint: 'Name a folder on another machine or disk.' },
    );
  const found = await readdir(backup).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code !== 'ENOENT') throw cause;
    return [];
  });
  const other = found.find((name) => !ownNames.test(name));
  const about = await readAbout(backup);
  if (about === undefined && other !== undefined)
    throw new Problem(
      'file-exists',
      `Cannot make a backup in ${JSON.stringify(backup)}: the folder has ${JSON.stringify(other)}, which is no part of a backup`,
    );
  if (about !== undefined && about.origin !== root.origin)
    throw new Problem(
      'file-exists',
      `Cannot make a backup in ${JSON.stringify(backup)}: it is the backup of the registry ${about.origin}, and ${JSON.stringify(dir)} is ${root.origin}`,
    );
  await makeBackupFolders(backup);
  const letGo = lockFolder(backup, 'backup.lock');
  try {
    await sweepUnfinished(backup);
    if ((await stat(backup)).dev === (await stat(dir)).dev)
      say(
        `warning: ${backup} is on the same disk as the registry. Only a backup on another machine helps when the disk or this machine is lost`,
      );
  } catch (error) {
    letGo();
    throw error;
  }
  const next = {
    schema: 'skillgate.backup/1',
    origin: root.origin,
    root: rootFingerprint(root),
  } as const;
  return { about, next, letGo };
}

const ownNames =
  /^(?:(?:backup\.json|registry\.sqlite)(?:\.[-0-9a-f]+\.part(?:-journal)?)?|backup\.lock(?:-journal)?|files|objects)$/;

/**
 * The head of the log that a connection shows. An older or another log must not replace the log in
 * the backup, which may be the only whole copy.
 * @throws Problem `log-behind`
 */
async function requireContinued(
  shows: BetterSqlite3.Database,
  before: BackupAbout | undefined,
  { dir, backup }: Pick<BackupOptions, 'dir' | 'backup'>,
): Promise<BackupAbout['log']> {
  const head = headOf(shows);
  const { size, root } = before?.log ?? { size: 0, root: '' };
  if (size === 0 || (await rootOfSize({ db: { read: drizzle(shows) } }, size)) === root)
    return head;
  const has =
    head.size < size
      ? `has ${head.size} log entries`
      : `has ${head.size} log entries, and others in the place of the backup’s`;
  throw new Problem(
    'log-behind',
    `Cannot make a backup of ${JSON.stringify(dir)} in ${JSON.stringify(backup)}: the registry ${has}, and the backup has ${size}`,
    {
      hint: 'The backup has statements that the registry lost. Stop the registry, and restore the backup into a new folder: skillgate registry restore BACKUP NEWDIR',
    },
  );
}

/** Size and root of the log that a connection shows. */
function headOf(shows: BetterSqlite3.Database): BackupAbout['log'] {
  const row = shows.prepare('SELECT "index", root FROM log ORDER BY "index" DESC LIMIT 1').get();
  const head = row as { readonly index: number; readonly root: Uint8Array | string } | undefined;
  if (head === undefined) return { size: 0, root: '' };
  return { size: head.index + 1, root: hashText(head.root) };
}

// Copies a registry's objects to a backup. An object under its own digest never changes, so its
// name in the backup says that it is there. The other objects are compared. The status file is left
// out: it may show a later head than the backup, and the database has the status of its own head.

/**
 * Copies the objects that the backup lacks, or has with other bytes.
 * @param dir the data folder
 * @param to the folder of the backup's objects
 * @param say called with a sentence about an object that is damaged on its disk
 */
async function copyObjects(
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
async function countObjects(folder: string): Promise<number> {
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

// Removes from a backup what the registry's retention rules removed from the registry.

const pageRows = 500;

/**
 * An object goes only by the registry's word: an object that its disk lost stays in the backup.
 * @param to the folder of the backup's objects
 */
async function removeRemoved(dir: string, to: string): Promise<void> {
  const client = new BetterSqlite3(join(dir, 'registry.sqlite'), { readonly: true });
  try {
    const page = client.prepare(
      `SELECT digest FROM removed_blobs WHERE digest > ? AND removedAt IS NOT NULL
       AND NOT EXISTS (
         SELECT 1 FROM version_blobs WHERE digest = unhex(substr(removed_blobs.digest, 8)))
       AND NOT EXISTS (
         SELECT 1 FROM statements
         WHERE bundle = unhex(substr(removed_blobs.digest, 8)))
       AND NOT EXISTS (SELECT 1 FROM log_segments WHERE digest = removed_blobs.digest)
       ORDER BY digest LIMIT ${pageRows}`,
    );
    for (let after = ''; ; await nextTurn()) {
      const rows = page.all(after) as readonly { readonly digest: Digest }[];
      for (const { digest } of rows) {
        const name = storedBlobName(digest);
        // An upload has stored the bytes again, and names them soon.
        if (existsSync(objectPath(join(dir, 'objects'), name))) continue;
        rmSync(objectPath(to, name), { force: true });
      }
      const last = rows.at(-1);
      if (last === undefined || rows.length < pageRows) return;
      after = last.digest;
    }
  } finally {
    client.close();
  }
}
