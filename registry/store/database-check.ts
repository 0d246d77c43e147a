/**
 * Checks a whole database file in a process of its own: SQLite blocks its thread until the end, and
 * a large file takes minutes.
 */

import { spawn } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type BetterSqlite3 from 'better-sqlite3';
import { Problem } from '../../skills-index/skill/problem.ts';
import { whyDamaged } from './sqlite-errors.ts';

const databaseCheckOutputBytesMax = 4_096;

/**
 * A database up to the first size is checked in this process, which takes 40 ms at most. One up to
 * the second is checked by a process of its own before anything is written, which takes about a
 * second. A larger one is checked while the registry serves.
 */
const databaseCheckBytesMax = 16 * 1024 * 1024;

export interface DatabaseCheck {
  /** Undefined when the file is sound, or when the check was stopped or failed. */
  readonly found: Promise<Problem | undefined>;
  /** Whether the whole file was checked. Known once `found` has resolved. */
  isMade(): boolean;
  stop(): void;
}

const program = `
const [, sqlite, path] = process.argv;
const client = new (require(sqlite))(path, { readonly: true });
process.stdout.write(String(client.pragma('quick_check(1)', { simple: true })));
`;

/** @param say called when the file could not be checked */
export function startCheck(path: string, say: (line: string) => void): DatabaseCheck {
  const sqlite = fileURLToPath(import.meta.resolve('better-sqlite3'));
  const child = spawn(process.execPath, ['-e', program, sqlite, path], {
    env: {},
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let isStopped = false;
  let isMade = false;
  const texts = { out: '', err: '' };
  child.stdout.on(
    'data',
    (bytes) => (texts.out = `${texts.out}${bytes}`.slice(0, databaseCheckOutputBytesMax)),
  );
  child.stderr.on(
    'data',
    (bytes) => (texts.err = `${texts.err}${bytes}`.slice(0, databaseCheckOutputBytesMax)),
  );
  giveWay(child.pid);
  const found = new Promise<Problem | undefined>((resolve) => {
    child.on('error', (error) => resolve(judge(String(error))));
    child.on('close', (code, signal) => {
      const ended = signal === null ? `exit status ${code}` : `ended by the signal ${signal}`;
      resolve(judge(code === 0 ? undefined : `${texts.err}${ended}`));
    });
  });
  const judge = (failed: string | undefined): Problem | undefined => {
    const why = failed === undefined ? texts.out : whyDamaged(new Error(failed));
    isMade = why !== undefined;
    if (isStopped || why === 'ok') return undefined;
    if (why !== undefined) return damaged(path, why);
    say(
      `warning: The database ${JSON.stringify(path)} could not be checked: ${(failed ?? '').trim().slice(0, 500)}`,
    );
    return undefined;
  };
  return {
    found,
    isMade: () => isMade,
    stop: () => {
      isStopped = true;
      child.kill('SIGKILL');
    },
  };
}

// Gives the check a low priority, so that requests go first. Where that is not possible, the check
// runs all the same.
function giveWay(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    setPriority(pid, constants.priority.PRIORITY_LOW);
  } catch {
    return;
  }
}

// Database files with other bytes than SQLite wrote. The damage is found at the start, or by a
// query that reads the place.

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
function damaged(path: string, why: string, cause?: unknown): Problem {
  return new Problem(
    'database-damaged',
    `Cannot use the database ${JSON.stringify(path)}: ${why}`,
    { hint, cause },
  );
}
