/**
 * Makes a data folder from a backup. Everything is checked in a folder beside the new one, which
 * gets its name at the end. So a restore that was killed or refused leaves no data folder.
 */

import { createWriteStream } from 'node:fs';
import {
  lstat,
  mkdir,
  open,
  readdir,
  readFile,
  rename,
  rm,
  rmdir,
  writeFile,
} from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type BetterSqlite3 from 'better-sqlite3';
import type { Digest } from '../../skills-index/skill/digest.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { type RootFile, rootFingerprint } from '../../skills-index/trust/root/root.ts';
import {
  parseKeys,
  readKeys,
  readPolicy,
  readRootFile,
  readTuf,
} from '../data-folder/data-folder.ts';
import { readWitnesses } from '../data-folder/trust.ts';
import { rootOfSize } from '../log/log.ts';
import type { ReadDatabase } from '../log/segments/read-segments.ts';
import type { RegistryKeys } from '../log/signing.ts';
import type { Witnesses } from '../log/witness-answers.ts';
import { openFile } from '../store/database-file.ts';
import { diskObjects, objectName } from '../store/disk/disk-objects.ts';
import {
  forEachOf,
  objectWritesAtOnce,
  publicBlobName,
  statusName,
  storedBlobName,
} from '../store/objects.ts';
import { databaseOf } from '../store/sqlite.ts';
import { foldersBelow, whyNotOwnDigest } from './backup.ts';
import {
  type BackupAbout,
  damagedBackup,
  makeFolder,
  noLink,
  placesIn,
  readAbout,
  restoreDataFiles,
  syncFolder,
} from './data-files.ts';
import { askForLaterHead, checkLog, type RestoredLog, requireHead } from './restored-heads.ts';

export interface RestoreOptions {
  readonly backup: string;
  /** The new data folder: missing or empty. */
  readonly dir: string;
  /** `keys.json`, where the backup has none. */
  readonly keys?: string | undefined;
  /** Submission prefixes of the witnesses. */
  readonly witnesses: readonly string[];
  /** A signed head that somebody remembers, and where it comes from. */
  readonly checkpoint?: { readonly note: string; readonly from: string } | undefined;
  /** Restores although a witness says nothing. */
  readonly isUnwitnessed: boolean;
  readonly fetch: typeof globalThis.fetch;
  readonly now: () => Date;
  readonly say: (line: string) => void;
  /** Called with a sentence when a step begins or goes on. */
  readonly progress: (line: string) => void;
}

export interface Restored {
  readonly origin: string;
  readonly fingerprint: string;
  readonly log: RestoredLog;
  readonly objects: number;
  readonly damaged: readonly string[];
  readonly missing: readonly string[];
  /** Files with keys that the folder does not have. Not every registry has a scanner's key. */
  readonly absentKeys: readonly string[];
  /** Witnesses that know no later head. */
  readonly witnesses: readonly string[];
}

/**
 * @throws Problem `file-not-found`, `file-exists`, `backup-damaged`, `database-damaged`,
 * `database-newer`, `log-behind`, `witnesses-unasked`, `key-file-invalid`
 */
export async function restoreRegistry(options: RestoreOptions): Promise<Restored> {
  const { backup, dir } = options;
  await requireNoLinks(backup);
  const about = await readAbout(backup);
  if (about === undefined)
    throw new Problem(
      'file-not-found',
      `Cannot restore from ${JSON.stringify(backup)}: there is no backup.json`,
      {
        hint: 'Name the folder that `skillgate registry backup` wrote. A backup gets its backup.json when its first copy is whole.',
      },
    );
  const found = await readdir(dir).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code !== 'ENOENT') throw cause;
    return undefined;
  });
  if (found !== undefined && found.length > 0)
    throw new Problem(
      'file-exists',
      `Cannot restore into ${JSON.stringify(dir)}: the folder is not empty`,
    );
  const part = join(dirname(dir), `.${basename(dir)}.restoring`);
  await rm(part, { recursive: true, force: true });
  await makeFolder(part);
  try {
    const restored = await restoreInto(part, about, options);
    if (found !== undefined) await rmdir(dir);
    await rename(part, dir);
    await syncFolder(dirname(dir));
    return restored;
  } catch (error) {
    await rm(part, { recursive: true, force: true });
    throw error;
  }
}

// Somebody else may have written to the backup, and a pipe would be waited for.
async function requireNoLinks(backup: string): Promise<void> {
  const { about, database, files, objects } = placesIn(backup);
  const isMeantAsFile = (path: string): boolean => path === about || path === database;
  for (const path of [about, database, files, join(files, 'enrol'), objects]) {
    const found = await lstat(path).catch((cause: NodeJS.ErrnoException) => {
      if (cause.code !== 'ENOENT') throw cause;
      return undefined;
    });
    if (found !== undefined && !(isMeantAsFile(path) ? found.isFile() : found.isDirectory()))
      throw damagedBackup(path, `it is a link, or no ${isMeantAsFile(path) ? 'file' : 'folder'}`);
  }
}

async function restoreInto(
  part: string,
  about: BackupAbout,
  options: RestoreOptions,
): Promise<Restored> {
  const { backup, progress, say } = options;
  const places = placesIn(backup);
  await restoreDataFiles(places.files, part);
  // Messages must name files that are still there after a refusal, so nothing is read in `part`.
  const root = await readRootFile(places.files);
  const keys =
    options.keys === undefined
      ? await keysOf(places.files, root)
      : await takeKeys(options.keys, join(part, 'keys.json'), root);
  const witnesses = await witnessesOf(places.files, root, options);
  progress('copying the database');
  await copyFromBackup(places.database, join(part, 'registry.sqlite'));
  const file = openFile(join(part, 'registry.sqlite'), { checkBytesMax: Infinity });
  try {
    const db = databaseOf(file);
    const stored = { db, objects: diskObjects(places.objects) };
    const log = await checkLog(file.client, stored, root, (count) =>
      progress(`${count} log entries`),
    );
    await requireAbout(stored, log, about, backup);
    progress('copying the objects');
    const objects = join(part, 'objects');
    const { count, damaged } = await restoreObjects(places.objects, objects, (copied) =>
      progress(`${copied} objects`),
    );
    await restoreStatus(file.client, objects);
    const missing = await missingBlobs(file.client, objects);
    if (options.checkpoint !== undefined)
      await requireHead(stored, log, { root, ...options.checkpoint });
    const silent =
      witnesses === undefined
        ? []
        : await askForLaterHead(log, {
            db,
            objects: diskObjects(objects),
            root,
            keys,
            witnesses,
            now: options.now,
          });
    requireAnswers(silent, options);
    if (witnesses === undefined && options.checkpoint === undefined)
      say(
        'warning: nobody was asked whether this backup is the newest: the registry has no witness, and no --checkpoint was given. If clients saw later statements, they refuse the registry',
      );
    return {
      origin: root.origin,
      fingerprint: rootFingerprint(root),
      log,
      objects: count,
      damaged,
      missing,
      absentKeys: await absentKeys(part),
      witnesses: (witnesses?.urls ?? []).filter((url) => witnesses?.last.get(url)?.ok === true),
    };
  } finally {
    file.close();
  }
}

async function copyFromBackup(from: string, to: string): Promise<void> {
  const file = await open(from, noLink).catch((cause: NodeJS.ErrnoException) => {
    throw damagedBackup(from, cause.code === 'ENOENT' ? 'it is missing' : cause.message, cause);
  });
  await pipeline(
    file.createReadStream(),
    createWriteStream(to, { flags: 'wx', mode: 0o600, flush: true }),
  );
}

/** `backup.json` is written after the database. */
async function requireAbout(
  storage: ReadDatabase,
  log: RestoredLog,
  about: BackupAbout,
  backup: string,
): Promise<void> {
  const { size, root } = about.log;
  if (size === 0 || (await rootOfSize(storage, size)) === root) return;
  throw damagedBackup(
    backup,
    log.size < size
      ? `its backup.json names ${size} log entries, and its database has ${log.size}: files of the backup are missing or damaged`
      : `its database does not have the log that its backup.json names`,
  );
}

/** Copies the operator's key file. @throws Problem `file-not-found`, `key-file-invalid` */
async function takeKeys(path: string, to: string, root: RootFile): Promise<RegistryKeys> {
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw new Problem('file-not-found', `Cannot read the keys ${JSON.stringify(path)}`, { cause });
  });
  const keys = await parseKeys(bytes, path, root);
  await writeFile(to, bytes, { mode: 0o600 });
  return keys;
}

async function absentKeys(dir: string): Promise<string[]> {
  const names = await readdir(dir);
  return ['keys.json', 'scanner-key.json'].filter((name) => !names.includes(name));
}

async function keysOf(files: string, root: RootFile): Promise<RegistryKeys | undefined> {
  const names = await readdir(files);
  return names.includes('keys.json') ? readKeys(files, root) : undefined;
}

/** The witnesses to ask. @throws Problem `witnesses-unasked`, `file-not-found` */
async function witnessesOf(
  files: string,
  root: RootFile,
  { witnesses: urls, isUnwitnessed, fetch, say }: RestoreOptions,
): Promise<Witnesses | undefined> {
  const tuf = await readTuf(files, { root, policy: await readPolicy(files) });
  const signedPolicy = tuf?.files['witnesses.json'];
  const isNamed = signedPolicy !== undefined || (await readdir(files)).includes('witnesses.json');
  if (urls.length === 0 && isNamed && !isUnwitnessed)
    throw new Problem(
      'witnesses-unasked',
      'Cannot restore: the registry has witnesses, and none was asked whether a later log exists',
      {
        hint: 'name each witness: skillgate registry restore BACKUP DIR --witness URL; or restore without their word: --unwitnessed',
      },
    );
  if (urls.length === 0) return undefined;
  if (!isNamed)
    throw new Problem(
      'file-not-found',
      'Cannot ask witnesses: the backup has no witnesses.json, so the registry has no witnesses',
      {
        hint: `leave out --witness; or, if the registry has witnesses, copy its witnesses.json into ${files}`,
      },
    );
  const witnesses = await readWitnesses(files, { urls, signedPolicy, say });
  return witnesses && { ...witnesses, fetch };
}

function requireAnswers(silent: readonly string[], { isUnwitnessed, say }: RestoreOptions): void {
  if (silent.length === 0) return;
  if (!isUnwitnessed)
    throw new Problem(
      'witnesses-unasked',
      `Cannot restore: ${silent.length === 1 ? 'a witness' : 'witnesses'} did not say whether a later log exists`,
      {
        reasons: silent.map((message) => ({ message })),
        hint: 'try again when the witness answers; or restore without its word: --unwitnessed',
      },
    );
  for (const line of silent)
    say(`warning: the witness did not say whether a later log exists: ${line}`);
}

// Copies the objects of a backup into a new data folder, each compared with its digest.

interface RestoredObjects {
  readonly count: number;
  /** Names of objects that are damaged in the backup, with the reason. They are not restored. */
  readonly damaged: readonly string[];
}

/** @param progress called with the number of copied objects */
async function restoreObjects(
  from: string,
  to: string,
  progress: (objects: number) => void,
): Promise<RestoredObjects> {
  await mkdir(to, { recursive: true, mode: 0o700 });
  const source = diskObjects(from);
  const target = diskObjects(to);
  const damaged: string[] = [];
  let count = 0;
  for await (const { folder, names } of foldersBelow(from, '')) {
    for (let at = 0; at < names.length; at += objectWritesAtOnce) {
      const some = names.slice(at, at + objectWritesAtOnce);
      const found = new Map<string, Uint8Array>();
      await forEachOf(some, async (name) => {
        const whole = objectName(folder === '' ? name : `${folder}/${name}`);
        const bytes = await source.get(whole);
        const why = bytes === undefined ? 'it is gone' : whyNotOwnDigest(whole, bytes);
        if (bytes === undefined || why !== undefined) damaged.push(`${whole}: ${why}`);
        else found.set(whole, bytes);
      });
      await target.putAll(found);
      count += found.size;
      progress(count);
    }
  }
  return { count, damaged };
}

/**
 * Writes the status file that the database signed last. It never shows a later head than the
 * database has.
 */
async function restoreStatus(client: BetterSqlite3.Database, objects: string): Promise<void> {
  const row = client.prepare('SELECT bytes FROM status_file WHERE id = 1').get();
  if (row === undefined) return;
  const { bytes } = row as { readonly bytes: string };
  await diskObjects(join(objects)).put(statusName, Buffer.from(bytes));
}

/** The blobs that a version needs and that no copy is there of. The log has the statements. */
async function missingBlobs(
  client: BetterSqlite3.Database,
  objects: string,
): Promise<readonly Digest[]> {
  const there = diskObjects(objects);
  const missing: Digest[] = [];
  const rows = client
    .prepare("SELECT DISTINCT 'sha256:' || lower(hex(digest)) AS digest FROM version_blobs")
    .all();
  await forEachOf(rows as readonly { readonly digest: Digest }[], async ({ digest }) => {
    if (await there.has(storedBlobName(digest))) return;
    if (!(await there.has(publicBlobName(digest)))) missing.push(digest);
  });
  return missing.sort();
}
