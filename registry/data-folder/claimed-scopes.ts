/** The scopes that somebody has claimed, read from a data folder while a registry may serve it. */
import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';

/** @returns undefined for a folder without a database that can be read */
export function readClaimedScopes(dir: string): string[] | undefined {
  let client: BetterSqlite3.Database | undefined;
  try {
    client = new BetterSqlite3(join(dir, 'registry.sqlite'), {
      readonly: true,
      fileMustExist: true,
    });
    return client
      .prepare<[], string>(
        // The names of scopes begin with @, and A follows @.
        "SELECT DISTINCT substr(name, 2) FROM identity_names WHERE name > '@' AND name < 'A'",
      )
      .pluck()
      .all();
  } catch {
    return undefined;
  } finally {
    client?.close();
  }
}
