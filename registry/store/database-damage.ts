/**
 * Database files with other bytes than SQLite wrote. The damage is found at the start, or by a
 * query that reads the place.
 */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type BetterSqlite3 from 'better-sqlite3';
import { Problem } from '../../skills-index/skill/problem.ts';
import { databaseCheckBytesMax } from './disk/limits.ts';
import { whyDamaged } from './sqlite-errors.ts';

const hint =
  'Stop, keep the file aside, and restore the newest copy of the folder: docs/registry-reference.md, "The database is damaged".';

/**
 * The failure that names a damaged or read-only file and the next step. Returns every other error
 * unchanged.
 */
export function damageOf(error: unknown, path: string): unknown {
  if (error instanceof Error && 'code' in error && String(error.code).startsWith('SQLITE_READONLY'))
    return new Problem(
      'file-not-found',
      `Cannot use the database ${JSON.stringify(path)}: you may not write to the file or to its folder`,
      {
        hint: 'Run skillgate serve as the user who owns the folder.',
        cause: error,
      },
    );
  const why = whyDamaged(error);
  return why === undefined ? error : damaged(path, why, error);
}

/**
 * Checks the whole file where that takes a moment; of a larger file it reads the schema only.
 * @returns whether the whole file was checked; if not, `startCheck` does it
 * @throws Problem `database-damaged`
 */
export function requireSound(
  client: BetterSqlite3.Database,
  path: string,
  bytesMax = databaseCheckBytesMax,
): boolean {
  client.prepare('SELECT count(*) FROM sqlite_schema').get();
  if (path === ':memory:') return true;
  if (statSync(path).size > bytesMax) return false;
  const found = client.pragma('quick_check(1)', { simple: true });
  if (found !== 'ok') throw damaged(path, String(found));
  return true;
}

/**
 * Refuses to create a database beside the objects of an old one: its log would be a second history
 * under the same name.
 * @throws Problem `database-damaged`
 */
export function requirePresent(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true)
    throw damaged(path, 'it is a folder');
  const isEmpty = !existsSync(path) || statSync(path).size === 0;
  const stored = join(dirname(path), 'objects/stored');
  if (isEmpty && existsSync(stored) && readdirSync(stored).length > 0)
    throw damaged(
      path,
      'the file is missing or empty, though the objects of a registry lie beside it',
    );
}

/** The failure that names a damaged file and the next step. */
export function damaged(path: string, why: string, cause?: unknown): Problem {
  return new Problem(
    'database-damaged',
    `Cannot use the database ${JSON.stringify(path)}: ${why}`,
    { hint, cause },
  );
}
