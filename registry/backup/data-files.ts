/**
 * The files of a data folder that a backup holds beside the database and the objects. A file with
 * an unsealed private key is left out, unless the operator asked for the keys.
 */

import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { lstat, mkdir, open, readdir, rename, stat, unlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as v from 'valibot';
import { Problem } from '../../skills-index/skill/problem.ts';
import { parseShape } from '../../skills-index/skill/shape.ts';
import { parseJson } from '../../skills-index/skill/text/json.ts';

/** Files that make the folder a registry. `keys.json` and the others with keys come last. */
const names = [
  'root.json',
  'policy.json',
  'incidents.json',
  'quotas.json',
  'retention.json',
  'readers.json',
  'tuf.json',
  'tuf-proposal.json',
  'trusted_root.json',
  'witnesses.json',
  'keys.json',
  'keys.next.json',
  'scanner-key.json',
] as const;

/** What a registry makes in the folder, and nobody needs to copy. */
const ownNames =
  /^(?:registry\.sqlite(?:-wal|-shm)?|serving\.lock(?:-journal)?|ready\.probe|disk\.reserve|objects|enrol)$/;

export interface CopiedFiles {
  /** Files with an unsealed private key that were left out. */
  readonly keysLeftOut: readonly string[];
  /** Files of which a backup knows nothing. */
  readonly others: readonly string[];
}

/**
 * Copies the files that differ, each in one step. An operator may keep keys behind a link in the
 * data folder; a backup has no links.
 */
export async function copyDataFiles(
  dir: string,
  target: string,
  withKeys: boolean,
): Promise<CopiedFiles> {
  const keysLeftOut: string[] = [];
  for (const name of [...names, ...(await enrolments(dir))]) {
    const bytes = await readIfThere(join(dir, name), constants.O_RDONLY);
    if (bytes === undefined) continue;
    if (!withKeys && hasOpenKey(bytes)) keysLeftOut.push(name);
    else await copyIfOther(join(target, name), bytes);
  }
  const known: ReadonlySet<string> = new Set(names);
  const others = (await readdir(dir)).filter(
    (name) => !known.has(name) && !ownNames.test(name) && !name.startsWith('.'),
  );
  return { keysLeftOut, others };
}

/** Whether a text has a private key that no passphrase seals. */
function hasOpenKey(bytes: Uint8Array): boolean {
  return /BEGIN (?:EC |RSA )?PRIVATE KEY/.test(Buffer.from(bytes).toString('latin1'));
}

async function enrolments(dir: string): Promise<string[]> {
  const found = await readdir(join(dir, 'enrol')).catch(() => []);
  return found.filter((name) => name.endsWith('.json')).map((name) => join('enrol', name));
}

async function copyIfOther(path: string, bytes: Uint8Array): Promise<void> {
  const there = await readIfThere(path, noLink).catch(() => undefined);
  if (there !== undefined && Buffer.compare(there, bytes) === 0) return;
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await writeSynced(path, bytes);
}

/**
 * Puts the files of a backup into a new data folder. Somebody else may have written to the backup,
 * so a link in it is refused: the registry would read or write what it names.
 * @throws Problem `backup-damaged`
 */
export async function restoreDataFiles(files: string, dir: string): Promise<void> {
  for (const name of [...names, ...(await enrolments(files))]) {
    const bytes = await readIfThere(join(files, name), noLink).catch(() => {
      throw damagedBackup(join(files, name), 'it is a link, or no file');
    });
    if (bytes === undefined) continue;
    await mkdir(dirname(join(dir, name)), { recursive: true, mode: 0o700 });
    await writeFile(join(dir, name), bytes, { mode: 0o600, flag: 'wx' });
  }
}

// The folder of a backup. `registry.sqlite` is the database as of one commit. `files/` has the
// files of the data folder, and `objects/` its objects.

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
    database: join(backup, 'registry.sqlite'),
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

/**
 * Path of a file while it is made. Nobody can guess it, so nobody who may write to the backup's
 * folder has put a link there that this process would write through.
 */
export function unfinishedPath(path: string): string {
  return `${path}.${unfinished}.part`;
}

const unfinished = randomUUID();

/** Deletes what a dead process left: SQLite makes a journal beside its copy. */
export async function sweepUnfinished(backup: string): Promise<void> {
  for (const name of await readdir(backup))
    if (/^(?:registry\.sqlite|backup\.json)\.[0-9a-f-]{36}\.part(-journal)?$/.test(name))
      await unlink(join(backup, name));
}

/** Writes a file under another name, syncs it, and renames it. */
async function writeSynced(path: string, bytes: Uint8Array, mode = 0o600): Promise<void> {
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
  const { files, objects } = placesIn(backup);
  for (const folder of [backup, files, objects]) await makeFolder(folder);
  for (const folder of [files, objects]) await requirePlain(folder);
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

// Somebody else may write to the backup: a link would have this process write where it leads, and a
// pipe would have it wait for ever.
async function requirePlain(path: string): Promise<void> {
  if (!(await lstat(path)).isDirectory()) throw notPlain(path);
  for (const entry of await readdir(path, { withFileTypes: true, recursive: true })) {
    const at = join(entry.parentPath, entry.name);
    if (entry.isFile() || entry.isDirectory()) continue;
    // A file that is a link is replaced, and nothing is written through it.
    const leads = entry.isSymbolicLink() ? await stat(at).catch(() => undefined) : undefined;
    if (leads?.isFile() !== true) throw notPlain(at);
  }
}

function notPlain(path: string): Problem {
  return new Problem(
    'file-not-found',
    `Cannot use ${JSON.stringify(path)}: it is a link, or neither file nor folder`,
    { hint: 'Name a backup folder that lies whole on the other disk, or mount the disk there.' },
  );
}

// Without O_NONBLOCK, a named pipe would wait for a writer for ever.
export const noLink = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** The bytes of a regular file; undefined where there is none. @throws Error for anything else */
async function readIfThere(path: string, flag: number): Promise<Buffer | undefined> {
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

/** The failure of a restore that names the damaged file. */
export function damagedBackup(path: string, why: string, cause?: unknown): Problem {
  return new Problem('backup-damaged', `Cannot restore from ${JSON.stringify(path)}: ${why}`, {
    cause,
  });
}
