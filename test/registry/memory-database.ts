/** An empty database in memory with the schema of today, for each world of a test. */
import BetterSqlite3 from 'better-sqlite3';
import { openFile } from '../../registry/store/database-file.ts';
import { databaseOf, type OpenDatabase } from '../../registry/store/sqlite.ts';

let migrated: Buffer | undefined;

/** The migrations run once in a process: they take longer than most tests. */
export function openMemoryDatabase(): OpenDatabase {
  migrated ??= migrateOnce();
  const client = new BetterSqlite3(migrated);
  return databaseOf({ path: ':memory:', client, isChecked: true, close: () => client.close() });
}

function migrateOnce(): Buffer {
  const file = openFile(':memory:');
  const db = databaseOf(file);
  try {
    return file.client.serialize();
  } finally {
    db.close();
  }
}
