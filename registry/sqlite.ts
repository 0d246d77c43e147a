/** The embedded database: better-sqlite3 in WAL mode with every commit synced, schema brought up to date at opening. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import BetterSqlite3 from 'better-sqlite3';
import { drizzle } from 'drizzle-orm/better-sqlite3';
import { migrate } from 'drizzle-orm/better-sqlite3/migrator';
import { Problem } from '../skills-index/skill/problem.ts';
import { clashOf, type Database, type Write } from './batch.ts';
import { damageOf, requirePresent, requireSound } from './database-damage.ts';
import { databaseWaitMs } from './limits.ts';

export interface OpenDatabase extends Database {
  /** Whether the file was looked through; one that is too large for a start is not. */
  readonly isChecked: boolean;
  /** No batch is written from now on. */
  refuseWrites(why: Problem): void;
  close(): void;
}

/**
 * Opens the database file, or one in memory (`:memory:`).
 * @param checkBytesMax a larger file is not looked through
 * @throws Problem `database-damaged`; `internal` when the durability that was asked for is not what SQLite says it does
 */
export function openSqlite(path: string, checkBytesMax?: number): OpenDatabase {
  requirePresent(path);
  const client = new BetterSqlite3(path);
  try {
    return open(client, path, checkBytesMax);
  } catch (error) {
    client.close();
    throw damageOf(error, path);
  }
}

function open(client: BetterSqlite3.Database, path: string, checkBytesMax?: number): OpenDatabase {
  client.pragma('journal_mode = WAL');
  // The package is compiled with NORMAL for WAL, which may lose the last commits when the power goes.
  client.pragma('synchronous = FULL');
  client.pragma(`busy_timeout = ${databaseWaitMs}`);
  const durable = client.pragma('synchronous', { simple: true }) === 2 && isWal(client, path);
  if (!durable) throw new Problem('internal', `The database ${path} does not sync its commits`);
  // Before anything is written: a migration could make it worse.
  const isChecked = requireSound(client, path, checkBytesMax);
  const db = drizzle(client);
  migrate(db, { migrationsFolder: migrationsFolder() });
  const write = client.transaction((writes: readonly Write[]) => {
    for (const one of writes) run(one(db));
  });
  let refused: Problem | undefined;
  return {
    read: db,
    isChecked,
    refuseWrites: (why) => {
      refused = why;
    },
    batch: async (writes) => {
      if (refused !== undefined) throw refused;
      try {
        write.immediate(writes);
      } catch (error) {
        throw clashOf(error) ?? error;
      }
    },
    close: () => {
      try {
        client.pragma('wal_checkpoint(TRUNCATE)');
      } finally {
        client.close();
      }
    },
  };
}

/**
 * Holds a data folder for this process: the lock is the operating system's, so it ends with the process however that ends.
 * @returns what lets it go
 * @throws Problem `folder-served`
 */
export function holdFolder(dir: string): () => void {
  const client = new BetterSqlite3(join(dir, 'serving.lock'), { timeout: 0 });
  try {
    client.exec('BEGIN EXCLUSIVE');
  } catch (cause) {
    client.close();
    throw new Problem('folder-served', `Cannot use the folder ${JSON.stringify(dir)}: another process uses it`, { cause });
  }
  return () => client.close();
}

// Beside the sources, or, for the emitted `dist/registry/`, in the package's own registry/ folder.
function migrationsFolder(): string {
  const beside = fileURLToPath(new URL('migrations', import.meta.url));
  return existsSync(beside) ? beside : fileURLToPath(new URL('../../registry/migrations', import.meta.url));
}

function isWal(client: BetterSqlite3.Database, path: string): boolean {
  return path === ':memory:' || client.pragma('journal_mode', { simple: true }) === 'wal';
}

// Raw SQL ran when it was built; a query waits to be run.
function run(query: unknown): void {
  if (typeof query === 'object' && query !== null && 'run' in query && typeof query.run === 'function') query.run();
}
