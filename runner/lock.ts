/** One holder at a time, across processes, with plain files: a holder that died is noticed by its pid and start time. */
import { closeSync, mkdirSync, openSync, readFileSync, rmSync, statSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Problem } from '../skills-index/skill/problem.ts';
import { lockWaitSecondsMax } from './limits.ts';

export interface Lock {
  release(): void;
}

/** Runs `act` while holding the lock; waits without giving way to anything else, so it is for short acts only. */
export function withLock<Result>(path: string, act: () => Result): Result {
  const bell = new Int32Array(new SharedArrayBuffer(4));
  const until = performance.now() + lockWaitSecondsMax * 1000;
  let lock = tryLock(path);
  while (lock === undefined) {
    if (performance.now() > until) throw busy(path);
    Atomics.wait(bell, 0, 0, 2);
    lock = tryLock(path);
  }
  try {
    return act();
  } finally {
    lock.release();
  }
}

/** Takes a lock that is held for long, such as a workspace's for a run. */
export async function waitForLock(path: string, secondsMax = lockWaitSecondsMax): Promise<Lock> {
  const until = performance.now() + secondsMax * 1000;
  for (;;) {
    const lock = tryLock(path);
    if (lock !== undefined) return lock;
    if (performance.now() > until) throw busy(path);
    await sleep(20);
  }
}

/** Takes the lock if nobody living holds it. */
export function tryLock(path: string): Lock | undefined {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  if (create(path)) return { release: () => rmSync(path, { force: true }) };
  if (holderLives(path)) return undefined;
  // Only one may clear a dead holder's file, and it looks again while it alone may.
  const clearing = `${path}.clearing`;
  if (!create(clearing)) {
    if (!holderLives(clearing)) rmSync(clearing, { force: true });
    return undefined;
  }
  try {
    if (!holderLives(path)) rmSync(path, { force: true });
  } finally {
    rmSync(clearing, { force: true });
  }
  return undefined;
}

function create(path: string): boolean {
  try {
    const file = openSync(path, 'wx', 0o600);
    writeSync(file, `${process.pid} ${startOf(process.pid)}\n`);
    closeSync(file);
    return true;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw cause;
  }
}

function holderLives(path: string): boolean {
  try {
    const [pid, start] = readFileSync(path, 'utf8').trim().split(' ');
    if (start !== undefined && start !== '') return startOf(Number(pid)) === start;
    // Made, but not written yet: alive unless it stays so.
    return Date.now() - statSync(path).mtimeMs < 5_000;
  } catch {
    return true;
  }
}

// When a process began, in clock ticks after boot (proc(5), /proc/pid/stat field 22): a pid may be used again, both together not.
function startOf(pid: number): string {
  try {
    const line = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return line.slice(line.lastIndexOf(')') + 2).split(' ')[19] ?? 'gone';
  } catch {
    return 'gone';
  }
}

function busy(path: string): Problem {
  return new Problem('plan-refused', `Cannot go on: another run has held ${path} for ${lockWaitSecondsMax} seconds`, {
    hint: 'Wait for the other run to end. A holder that died is noticed by itself.',
  });
}
