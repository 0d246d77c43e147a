/**
 * The folder of a backup. `database/000003.sqlite` is a picture of the database: a whole copy as of
 * one commit. `database/000003.wal`, `000004.wal` … are the commits after it, up to a missing
 * number. `files/` has the files of the data folder, and `objects/` its objects.
 */
import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { lstat, mkdir, open, readdir, rename, stat, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as v from 'valibot';
import { Problem } from '../../skills-index/skill/problem.ts';
import { parseShape } from '../../skills-index/skill/shape.ts';
import { parseJson } from '../../skills-index/skill/text/json.ts';
import { picturesKept } from '../limits.ts';

const aboutShape = v.strictObject({
  schema: v.literal('skillgate.backup/1'),
  origin: v.string(),
  /** Fingerprint of the root file. */
  root: v.string(),
  /** Newest log entry of which the backup has everything. */
  log: v.strictObject({ size: v.number(), root: v.string() }),
  /** When the backup was whole last, in ISO form. */
  at: v.string(),
});

/** `backup.json`: what the backup has. */
export type BackupAbout = v.InferOutput<typeof aboutShape>;

/** Paths inside the folder of a backup. */
export function placesIn(backup: string) {
  return {
    about: join(backup, 'backup.json'),
    database: join(backup, 'database'),
    files: join(backup, 'files'),
    objects: join(backup, 'objects'),
  };
}

/**
 * `backup.json`; undefined when there is none.
 * @throws Problem `json-invalid`
 */
export async function readAbout(backup: string): Promise<BackupAbout | undefined> {
  const path = placesIn(backup).about;
  const bytes = await readIfThere(path, noLink);
  return bytes && parseShape(aboutShape, parseJson(bytes, path), 'json-invalid', path);
}

/** Replaces `backup.json` in one step. */
export async function writeAbout(backup: string, about: BackupAbout): Promise<void> {
  await writeSynced(placesIn(backup).about, Buffer.from(`${JSON.stringify(about, null, 2)}\n`));
}

export interface DatabaseFiles {
  /** Numbers of pictures, rising. */
  readonly pictures: readonly number[];
  /** Numbers of segments, rising. */
  readonly segments: readonly number[];
}

/** The numbers of the whole files in `database/`. */
export async function readDatabaseFiles(backup: string): Promise<DatabaseFiles> {
  const entries = await readdir(placesIn(backup).database, { withFileTypes: true }).catch(
    (cause: NodeJS.ErrnoException) => {
      if (cause.code !== 'ENOENT') throw cause;
      return [];
    },
  );
  const names = entries.filter((entry) => entry.isFile()).map(({ name }) => name);
  const numbers = (pattern: RegExp): number[] =>
    names
      .flatMap((name) => pattern.exec(name)?.[1] ?? [])
      .map(Number)
      .sort((a, b) => a - b);
  return { pictures: numbers(/^(\d{6,})\.sqlite$/), segments: numbers(/^(\d{6,})\.wal$/) };
}

/** Path of a picture, or of a segment. */
export function databasePath(backup: string, number: number, end: 'sqlite' | 'wal'): string {
  return join(placesIn(backup).database, `${String(number).padStart(6, '0')}.${end}`);
}

/**
 * Path of a file while it is made. Nobody can guess it, so nobody who may write to the backup's
 * folder has put a link there that this process would write through.
 */
export function unfinishedPath(path: string): string {
  return `${path}.${unfinished}.part`;
}

const unfinished = randomUUID();

/**
 * Deletes pictures that newer ones replace, the commits before the oldest kept picture, and
 * unfinished pictures of dead processes.
 */
export async function prune(backup: string): Promise<void> {
  const { pictures, segments } = await readDatabaseFiles(backup);
  const kept = pictures.slice(-picturesKept);
  const oldest = kept[0] ?? 0;
  // A picture goes before its commits: a picture whose commits are gone would be torn.
  for (const number of pictures.filter((number) => number < oldest))
    await unlink(databasePath(backup, number, 'sqlite'));
  for (const number of segments.filter((number) => number < oldest))
    await unlink(databasePath(backup, number, 'wal'));
}

/** Deletes what a dead process left: SQLite makes a journal beside a picture. */
export async function sweepUnfinished(backup: string): Promise<void> {
  const folder = placesIn(backup).database;
  for (const name of await readdir(folder))
    if (/^\d{6,}\.(sqlite|wal)\.[0-9a-f-]{36}\.part(-journal)?$/.test(name))
      await unlink(join(folder, name));
}

/** Writes a file under another name, syncs it, and renames it. */
export async function writeSynced(path: string, bytes: Uint8Array, mode = 0o600): Promise<void> {
  const part = unfinishedPath(path);
  const file = await open(part, 'wx', mode);
  try {
    await file.writeFile(bytes);
    await file.datasync();
    await rename(part, path);
  } catch (error) {
    await unlink(part);
    throw error;
  } finally {
    await file.close();
  }
  await syncFolder(join(path, '..'));
}

/** Makes the entries of a folder durable. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    // Some network file systems cannot sync a folder.
    await folder.sync().catch(() => undefined);
  } finally {
    await folder.close();
  }
}

/** Makes the folders of a backup, for its owner alone. @throws Problem `file-not-found` */
export async function makeBackupFolders(backup: string): Promise<void> {
  const { database, files, objects } = placesIn(backup);
  for (const folder of [backup, database, files, objects]) await makeFolder(folder);
  for (const folder of [database, files, objects]) await requireFolder(folder);
}

/**
 * Makes a folder for its owner alone, in a folder that exists. A missing parent is mostly a disk
 * that is not mounted. Also, the recursive `mkdir` of Node never ends below `/proc`.
 * @throws Problem `file-not-found`
 */
export async function makeFolder(path: string): Promise<void> {
  await mkdir(path, { mode: 0o700 }).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'EEXIST') return;
    throw new Problem(
      'file-not-found',
      `Cannot make a folder in ${JSON.stringify(dirname(path))}: ${cause.code}`,
      { cause, hint: 'Name a folder that exists and in which you may write.' },
    );
  });
}

// Somebody else may write to the backup: a link would have this process write where it leads.
async function requireFolder(path: string): Promise<void> {
  if ((await lstat(path)).isDirectory()) return;
  throw new Problem(
    'file-not-found',
    `Cannot use ${JSON.stringify(path)}: it is a link, or no folder`,
    { hint: 'Name a backup folder that lies whole on the other disk, or mount the disk there.' },
  );
}

/** Size of a file in bytes; 0 when it is missing. */
export async function sizeOf(path: string): Promise<number> {
  return stat(path).then(
    ({ size }) => size,
    () => 0,
  );
}

// Without O_NONBLOCK, a named pipe would wait for a writer for ever.
export const noLink = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** The bytes of a regular file; undefined where there is none. @throws Error for anything else */
export async function readIfThere(path: string, flag: number): Promise<Buffer | undefined> {
  const file = await open(path, flag).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code !== 'ENOENT') throw cause;
    return undefined;
  });
  if (file === undefined) return undefined;
  try {
    if (!(await file.stat()).isFile()) throw new Error(`${path} is no file`);
    return await file.readFile();
  } finally {
    await file.close();
  }
}
