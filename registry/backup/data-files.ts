/**
 * The files of a data folder that a backup holds beside the database and the objects. A file with
 * an unsealed private key is left out, unless the operator asked for the keys.
 */
import { constants } from 'node:fs';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { damagedBackup, noLink, readIfThere, writeSynced } from './backup-folder.ts';

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
export function hasOpenKey(bytes: Uint8Array): boolean {
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
