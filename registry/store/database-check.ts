/**
 * Checks a whole database file in a process of its own: SQLite blocks its thread until the end, and
 * a large file takes minutes.
 */
import { spawn } from 'node:child_process';
import { constants, setPriority } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { Problem } from '../../skills-index/skill/problem.ts';
import { databaseCheckOutputBytesMax } from '../limits.ts';
import { damaged } from './database-damage.ts';
import { whyDamaged } from './sqlite-errors.ts';

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
