/** Databases as earlier releases of the registry made them. */
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { drizzle } from 'drizzle-orm/better-sqlite3';
import { migrate } from 'drizzle-orm/better-sqlite3/migrator';
import { folderWith } from '../../cli/temporary-folder.ts';

/**
 * An empty database as the release with `count` migrations made it.
 * @returns the path of the database's file
 */
export function earlierDatabase(count: number): string {
  const folder = folderWith();
  const migrations = join(folder, 'migrations');
  cpSync('registry/migrations', migrations, { recursive: true });
  const journal = join(migrations, 'meta/_journal.json');
  const { entries, ...rest } = JSON.parse(readFileSync(journal, 'utf8'));
  writeFileSync(journal, JSON.stringify({ ...rest, entries: entries.slice(0, count) }));
  const path = join(folder, 'registry.sqlite');
  const client = new BetterSqlite3(path);
  migrate(drizzle(client), { migrationsFolder: migrations });
  client.close();
  return path;
}
