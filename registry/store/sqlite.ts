/**
 * The embedded database in its file: batches write all or nothing, and opening migrates the schema.
 */

import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type BetterSqlite3 from 'better-sqlite3';
import { drizzle } from 'drizzle-orm/better-sqlite3';
import { migrate } from 'drizzle-orm/better-sqlite3/migrator';
import { readMigrationFiles } from 'drizzle-orm/migrator';
import { Problem } from '../../skills-index/skill/problem.ts';
import { type BatchWrite, clashOf, type Database } from './batch.ts';
import { damageOf } from './database-check.ts';
import { closeQuietly, type DatabaseFile, openFile } from './database-file.ts';
import { allowPrepared } from './prepared.ts';

/** Prepared statements that a registry in one process keeps. */
export const keptStatementsMax = 500;

export interface OpenDatabase extends Database {
  /** From now on no batch is written. */
  refuseWrites(why: Problem): void;
  close(): void;
}

/** Opens a database file, or one in memory (`:memory:`). @throws Problem as `openFile` */
export function openSqlite(path: string): OpenDatabase {
  return databaseOf(openFile(path));
}

/**
 * The database of an open file, with its schema migrated. When the migration fails, the file is
 * closed.
 * @param afterCommit called after each batch
 * @throws Problem `database-damaged`, `database-newer`
 */
export function databaseOf(
  file: DatabaseFile,
  afterCommit: () => void = () => undefined,
): OpenDatabase {
  try {
    return migrated(file, afterCommit);
  } catch (error) {
    closeQuietly(file);
    throw damageOf(error, file.path);
  }
}

function migrated({ client, close }: DatabaseFile, afterCommit: () => void): OpenDatabase {
  requireKnown(client);
  migrate(drizzle(client), { migrationsFolder: migrationsFolder() });
  const db = drizzle(withKeptStatements(client));
  allowPrepared(db);
  const write = client.transaction((writes: readonly BatchWrite[]) => {
    for (const write of writes) run(write(db));
  });
  let refused: Problem | undefined;
  return {
    read: db,
    refuseWrites: (why) => {
      refused = why;
      // Single statements do not go through the batch.
      client.pragma('query_only = ON');
    },
    batch: async (writes) => {
      if (refused !== undefined) throw refused;
      try {
        write.immediate(writes);
      } catch (error) {
        throw clashOf(error) ?? error;
      }
      // The answer goes first.
      setImmediate(afterCommit);
    },
    close,
  };
}

/**
 * Refuses the database of a newer release: this release would write rows that lack what the newer
 * form needs.
 * @throws Problem `database-newer`
 */
function requireKnown(client: DatabaseFile['client']): void {
  const made = client
    .prepare(`SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = '__drizzle_migrations'`)
    .get();
  if (made === undefined) return;
  const { newest } = client
    .prepare('SELECT max(created_at) AS newest FROM __drizzle_migrations')
    .get() as { readonly newest: number | null };
  const known = readMigrationFiles({ migrationsFolder: migrationsFolder() });
  if (newest !== null && known.every(({ folderMillis }) => folderMillis < newest))
    throw new Problem(
      'database-newer',
      'Cannot use the database of the registry: a newer release of Skillgate wrote it',
    );
}

// Beside the sources, or, for the emitted `dist/registry/`, in the package's own registry/ folder.
function migrationsFolder(): string {
  const beside = fileURLToPath(new URL('../migrations', import.meta.url));
  return existsSync(beside)
    ? beside
    : fileURLToPath(new URL('../../../registry/migrations', import.meta.url));
}

// Raw SQL has run already when it was built; a query has to be run.
function run(query: unknown): void {
  if (
    typeof query === 'object' &&
    query !== null &&
    'run' in query &&
    typeof query.run === 'function'
  )
    query.run();
}

// Keeps prepared statements of SQLite, for drizzle: it prepares the text of a query anew each time,
// which takes longer than most queries.

/**
 * The same database, of which `prepare` gives the statement of an equal text again. The statements
 * that were used last are kept. They follow changes of the schema: SQLite compiles them again.
 */
export function withKeptStatements(client: BetterSqlite3.Database): BetterSqlite3.Database {
  const kept = new Map<string, KeptStatement>();
  const prepare = (text: string): KeptStatement => {
    const statement = kept.get(text) ?? new KeptStatement(client.prepare(text));
    kept.delete(text);
    kept.set(text, statement);
    if (kept.size > keptStatementsMax) kept.delete(kept.keys().next().value ?? '');
    return statement;
  };
  return Object.create(client, { prepare: { value: prepare } });
}

/**
 * What drizzle uses of a statement. The form of rows is a setting of the one statement that several
 * queries share, so each execution sets the form.
 */
class KeptStatement {
  readonly #statement: BetterSqlite3.Statement<unknown[]>;

  constructor(statement: BetterSqlite3.Statement<unknown[]>) {
    this.#statement = statement;
  }

  run(...parameters: unknown[]): BetterSqlite3.RunResult {
    return this.#statement.run(...parameters);
  }

  all(...parameters: unknown[]): unknown[] {
    return this.#statement.raw(false).all(...parameters);
  }

  get(...parameters: unknown[]): unknown {
    return this.#statement.raw(false).get(...parameters);
  }

  /** Rows as arrays. */
  raw(): { all(...parameters: unknown[]): unknown[]; get(...parameters: unknown[]): unknown } {
    const statement = this.#statement;
    return {
      all: (...parameters) => statement.raw(true).all(...parameters),
      get: (...parameters) => statement.raw(true).get(...parameters),
    };
  }
}
