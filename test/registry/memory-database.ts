/** A database in memory with the schema of today, for each world of a test. */
import BetterSqlite3 from 'better-sqlite3';
import { openFile } from '../../registry/store/database-file.ts';
import { databaseOf, type OpenDatabase } from '../../registry/store/sqlite.ts';

export interface MemoryDatabase {
  readonly db: OpenDatabase;
  /** The bytes of the database as it is now. */
  image(): Buffer;
}

let migrated: Buffer | undefined;

/**
 * The migrations run once in a process: they take longer than most tests.
 * @param image the content; nothing by default
 */
export function openMemoryDatabase(image?: Buffer): MemoryDatabase {
  migrated ??= migrateOnce();
  const client = new BetterSqlite3(image ?? migrated);
  const close = (): void => void client.close();
  return {
    db: databaseOf({ path: ':memory:', client, isChecked: true, close, leave: close }),
    image: () => client.serialize(),
  };
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
