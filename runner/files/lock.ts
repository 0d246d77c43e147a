/**
 * One holder at a time, across processes, with plain files: a holder that died is noticed by its
 * pid and start time.
 */
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Problem } from '../../skills-index/skill/problem.ts';
import { lockWaitSecondsMax } from '../limits.ts';

/**
 * Runs `act` while holding the lock; waits without giving way to anything else, so it is for short
 * acts only.
 */
export function withLock<Result>(path: string, act: () => Result): Result {
  const bell = new Int32Array(new SharedArrayBuffer(4));
  const began = performance.now();
  while (!tryLock(path)) {
    refuseAfter(began, path);
    Atomics.wait(bell, 0, 0, 2);
  }
  try {
    return act();
  } finally {
    unlock(path);
  }
}

/**
 * Waits until no living process claims an overlapping folder, then claims this one; for long, such
 * as a run.
 * @param path of the claim, beside all others
 * @param folder what is claimed, with all above and in it
 */
export async function waitForClaim(path: string, folder: string): Promise<void> {
  const began = performance.now();
  const claims = dirname(path);
  while (!withLock(`${claims}/lock`, () => !overlaps(claims, folder) && create(path, folder))) {
    refuseAfter(began, path);
    await sleep(20);
  }
}

function overlaps(claims: string, folder: string): boolean {
  const within = (inner: string, outer: string): boolean =>
    `${inner}/`.startsWith(outer === '/' ? '/' : `${outer}/`);
  return readdirSync(claims).some((name) => {
    const path = `${claims}/${name}`;
    if (!name.endsWith('.claim')) return false;
    if (!holderLives(path)) unlock(path);
    const [, claimed] = existsSync(path) ? readFileSync(path, 'utf8').split('\n') : [];
    return claimed !== undefined && (within(claimed, folder) || within(folder, claimed));
  });
}

/** Takes the lock if nobody living holds it. */
export function tryLock(path: string): boolean {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  if (create(path)) return true;
  if (holderLives(path)) return false;
  // Only one may clear a dead holder's file, and it looks again while it alone may.
  const clearing = `${path}.clearing`;
  if (create(clearing)) {
    if (!holderLives(path)) unlock(path);
    unlock(clearing);
  } else if (!holderLives(clearing)) unlock(clearing);
  return false;
}

export function unlock(path: string): void {
  rmSync(path, { force: true });
}

/** Writes who holds it, by pid and start time, unless it is there. */
export function create(path: string, what = ''): boolean {
  try {
    writeFileSync(path, `${process.pid} ${startOf(process.pid)}\n${what}`, {
      flag: 'wx',
      mode: 0o600,
    });
    return true;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw cause;
  }
}

/** Whether the process that made the file lives. */
export function holderLives(path: string): boolean {
  try {
    const [pid, start] = readFileSync(path, 'utf8').split(/\s/);
    // Made, but not written yet: alive unless it stays so.
    return start === undefined
      ? Date.now() - statSync(path).mtimeMs < 5_000
      : startOf(Number(pid)) === start;
  } catch {
    return true;
  }
}

/**
 * When a process began, in clock ticks after boot (proc(5), /proc/pid/stat field 22): a pid may be
 * used again, both together not.
 */
export function startOf(pid: number): string {
  try {
    const line = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const [state = '', ...fields] = line.slice(line.lastIndexOf(')') + 2).split(' ');
    // One that ended and was not waited for yet.
    return 'ZX'.includes(state) ? 'gone' : (fields[18] ?? 'gone');
  } catch {
    return 'gone';
  }
}

function refuseAfter(began: number, path: string): void {
  if (performance.now() - began < lockWaitSecondsMax * 1000) return;
  throw new Problem(
    'plan-refused',
    `Cannot go on: another run has held ${path} for ${lockWaitSecondsMax} seconds`,
  );
}
