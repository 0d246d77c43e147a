/**
 * The database file: locked for one process, opened so that every commit is synced, and checked.
 * This module imports little, so a damaged file is reported before the rest is loaded.
 */

import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { Problem } from '../../skills-index/skill/problem.ts';
import { damageOf, requirePresent, requireSound } from './database-check.ts';

/** How long the end of a registry waits for readers of its database. */
const closeWaitMs = 100;

/**
 * Pages that SQLite keeps. The package is compiled with 16 MiB, and the kernel keeps the pages of
 * the file as well.
 */
const databaseCacheKiB = 4_096;

/** How long a statement waits for another writer of the file. */
export const databaseWaitMs = 2_000;

export interface DatabaseFile {
  readonly path: string;
  readonly client: BetterSqlite3.Database;
  /** Whether the whole file was checked. A file that is too large for a start is not. */
  readonly isChecked: boolean;
  /** Closes the database and unlocks its folder. A second call does nothing. */
  close(): void;
  /** Closes a damaged database, and leaves its files as they are. */
  leave(): void;
}

/**
 * Opens the database of a registry's data folder, and locks the folder.
 * @param checkBytesMax larger files are not checked
 * @throws Problem `folder-in-use`, `database-damaged`
 */
export function openFolder(dir: string, checkBytesMax?: number): DatabaseFile {
  const letGo = lockFolder(dir);
  try {
    return openFile(join(dir, 'registry.sqlite'), { checkBytesMax, letGo });
  } catch (error) {
    letGo();
    throw error;
  }
}

/**
 * Opens a database file, or one in memory (`:memory:`).
 * @throws Problem `database-damaged`; `internal` when SQLite does not use the durability that was
 * requested
 */
export function openFile(
  path: string,
  {
    checkBytesMax,
    letGo,
  }: { readonly checkBytesMax?: number | undefined; readonly letGo?: () => void } = {},
): DatabaseFile {
  requirePresent(path);
  const client = new BetterSqlite3(path);
  try {
    makeDurable(client, path);
    client.pragma(`cache_size = -${databaseCacheKiB}`);
    // Checked before anything is written: a migration could make the damage worse.
    const isChecked = requireSound(client, path, checkBytesMax);
    return {
      path,
      client,
      isChecked,
      close: () => close(client, letGo),
      leave: () => {
        leave(client, path);
        letGo?.();
      },
    };
  } catch (error) {
    leave(client, path);
    throw damageOf(error, path);
  }
}

function makeDurable(client: BetterSqlite3.Database, path: string): void {
  client.pragma('journal_mode = WAL');
  // The package is compiled with NORMAL for WAL, which may lose the last commits in a power
  // failure.
  client.pragma('synchronous = FULL');
  client.pragma(`busy_timeout = ${databaseWaitMs}`);
  const isWal = path === ':memory:' || client.pragma('journal_mode', { simple: true }) === 'wal';
  if (client.pragma('synchronous', { simple: true }) !== 2 || !isWal)
    throw new Problem('internal', `The database ${path} does not sync its commits`);
}

function close(client: BetterSqlite3.Database, letGo: () => void = () => undefined): void {
  if (!client.open) return;
  try {
    // A backup reads the database of its own accord, and would keep the registry from ending.
    client.pragma(`busy_timeout = ${closeWaitMs}`);
    client.pragma('wal_checkpoint(TRUNCATE)');
  } finally {
    client.close();
    letGo();
  }
}

/**
 * Closes a database without a checkpoint. The last connection that closes writes the write-ahead
 * log into the file, and a connection for reading cannot.
 */
function leave(client: BetterSqlite3.Database, path: string): void {
  let last: BetterSqlite3.Database | undefined;
  try {
    last = path === ':memory:' ? undefined : new BetterSqlite3(path, { readonly: true });
    // The connection counts once it has read.
    last?.prepare('SELECT count(*) FROM sqlite_schema').get();
  } catch {
    // A file that cannot be read has nothing that a checkpoint could write.
  } finally {
    client.close();
    last?.close();
  }
}

/**
 * Closes a file after a failure. Closing reads the file once more, and an error of it must not hide
 * the first failure.
 */
export function closeQuietly(file: DatabaseFile): void {
  try {
    file.close();
  } catch {
    return;
  }
}

/**
 * Locks a data folder for this process. The operating system holds the lock, so it ends with the
 * process in every case.
 * @param name of the file that is locked
 * @returns a function that unlocks the folder
 * @throws Problem `folder-in-use`
 */
export function lockFolder(dir: string, name = 'serving.lock'): () => void {
  const client = new BetterSqlite3(join(dir, name), { timeout: 0 });
  try {
    client.exec('BEGIN EXCLUSIVE');
  } catch (cause) {
    client.close();
    throw new Problem(
      'folder-in-use',
      `Cannot use the folder ${JSON.stringify(dir)}: another process uses it`,
      { cause },
    );
  }
  return () => client.close();
}
