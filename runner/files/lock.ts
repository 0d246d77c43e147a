/**
 * Locks across processes, with plain files. A lock file names its holder by pid and start time, so
 * that other processes recognise the lock of a dead process without a heartbeat.
 */
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { uptime } from 'node:os';
import { dirname } from 'node:path';
import { Problem } from '../../skills-index/skill/problem.ts';
import { readHead } from './owned-folder.ts';

const lockWaitSecondsMax = 30;

const lockHeadBytes = 100;
const foreignSecondsMax = 60;

/**
 * Runs `act` while holding the lock. Waiting for the lock blocks the whole process, so use
 * `withLock` for short acts only.
 */
export function withLock<Result>(path: string, act: () => Result): Result {
  const cell = new Int32Array(new SharedArrayBuffer(4));
  const began = performance.now();
  while (!tryLock(path)) {
    requireInTime(began, path);
    Atomics.wait(cell, 0, 0, 2);
  }
  try {
    return act();
  } finally {
    unlock(path);
  }
}

/** Takes the lock unless a living process holds the lock. */
export function tryLock(path: string): boolean {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  if (createLockFile(path)) return true;
  if (holderLives(path)) return false;
  // Check again under the clearing lock: another process may have cleared and retaken the file.
  const clearing = `${path}.clearing`;
  if (createLockFile(clearing)) {
    if (!holderLives(path)) unlock(path);
    unlock(clearing);
  } else if (!holderLives(clearing)) unlock(clearing);
  return false;
}

export function unlock(path: string): void {
  rmSync(path, { force: true });
}

/**
 * Creates a lock file with this process's pid, start time and PID namespace. Returns false when the
 * file exists.
 */
export function createLockFile(path: string, content = ''): boolean {
  const holder = [process.pid, startTimeOf(process.pid), pidNamespace()].join(' ');
  try {
    writeFileSync(path, `${holder}\n${content}`, { flag: 'wx', mode: 0o600 });
    return true;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw cause;
  }
}

/** Whether the process that created the lock file is alive. */
export function holderLives(
  path: string,
  platform: NodeJS.Platform = process.platform,
  bootedAt = Date.now() - uptime() * 1000,
): boolean {
  try {
    const holder = holderIn(path);
    if (holder === undefined) return true;
    const [pid, start, namespace] = holder;
    const { mtimeMs } = statSync(path);
    const seconds = (Date.now() - mtimeMs) / 1_000;
    // In another container the pid is another process's. Whether that one lives, only its age
    // tells: what several containers share is held for moments.
    if (namespace !== undefined && namespace !== pidNamespace()) return seconds < foreignSecondsMax;
    // Windows reuses pids. At the latest a new start of the machine ends every holder.
    if (start === 'alive' && mtimeMs < bootedAt - clockSlackMilliseconds) return false;
    // An empty lock file has a holder that is about to write its pid, unless the file stays empty
    // for long.
    return start === undefined
      ? seconds < 5
      : start !== 'gone' && startTimeOf(Number(pid), '/proc', platform) === start;
  } catch {
    return true;
  }
}

/**
 * The start time of a process, in clock ticks after boot (proc(5), /proc/pid/stat field 22). The
 * kernel reuses pids, but not a pid with the same start time. macOS has no /proc, and ps(1) tells
 * the time. Windows only tells whether the process lives.
 */
export function startTimeOf(
  pid: number,
  proc = '/proc',
  platform: NodeJS.Platform = process.platform,
): string {
  if (platform === 'win32') return isAlive(pid) ? 'alive' : 'gone';
  if (!existsSync(proc)) return startTimeByPs(pid);
  try {
    const line = readFileSync(`${proc}/${pid}/stat`, 'utf8');
    const [state = '', ...fields] = line.slice(line.lastIndexOf(')') + 2).split(' ');
    // A zombie has ended, although its pid still exists.
    return 'ZX'.includes(state) ? 'gone' : (fields[18] ?? 'gone');
  } catch {
    return 'gone';
  }
}

let ownStartTime: string | undefined;

// The same text for every process that asks, whatever its language and time zone.
function startTimeByPs(pid: number): string {
  if (pid === process.pid && ownStartTime !== undefined) return ownStartTime;
  const { error, stdout } = spawnSync('/bin/ps', ['-o', 'lstart=', '-p', `${pid}`], {
    env: { LC_ALL: 'C', TZ: 'UTC' },
    encoding: 'utf8',
  });
  if (error !== undefined) return isAlive(pid) ? 'alive' : 'gone';
  const began = stdout.trim().replace(/\s+/g, '-') || 'gone';
  if (pid === process.pid) ownStartTime = began;
  return began;
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (cause) {
    // The process of another user lives, too.
    return (cause as NodeJS.ErrnoException).code === 'EPERM';
  }
}

// Pid, start time and PID namespace; undefined where nobody can be read. A stranger's checkout may
// have a link, a device or a pipe in the place of a lock: that is no lock that has ended.
function holderIn(path: string): readonly (string | undefined)[] | undefined {
  try {
    return readHead(path, lockHeadBytes)?.bytes.toString('utf8').split('\n')[0]?.split(' ');
  } catch {
    return undefined;
  }
}

function pidNamespace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return '-';
  }
}

// The uptime and the time of a file come from different clocks.
const clockSlackMilliseconds = 60_000;

/** @throws Problem `plan-refused` when the wait for the lock since `began` takes too long */
export function requireInTime(began: number, path: string): void {
  if (performance.now() - began < lockWaitSecondsMax * 1000) return;
  const [pid = '?', start] = holderIn(path) ?? [];
  // Another program may have the pid of an ended holder, where the system tells no start times.
  const other = start === 'alive' ? `; when process ${pid} is no Skillgate, delete ${path}` : '';
  throw new Problem(
    'plan-refused',
    `Cannot continue: process ${pid} has held the lock ${path} for ${lockWaitSecondsMax} seconds`,
    { hint: `wait until the process ends, then try again${other}` },
  );
}
