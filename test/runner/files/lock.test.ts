import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { symlinkSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import {
  holderLives,
  requireInTime,
  startTimeOf,
  tryLock,
  unlock,
} from '../../../runner/files/lock.ts';
import { folderWith } from '../../cli/temporary-folder.ts';

/** The id of a process that has ended, and whose parent has seen the end. */
async function endedProcess(): Promise<number> {
  const child = spawn(process.execPath, ['-e', '0']);
  await once(child, 'exit');
  return child.pid ?? 0;
}

it('a lock is taken once, and again after its holder has left it', () => {
  const path = join(folderWith({}), 'a.lock');
  expect(tryLock(path)).toBe(true);
  expect(tryLock(path)).toBe(false);
  unlock(path);
  expect(tryLock(path)).toBe(true);
});

it.each([
  ['by /proc', '/proc', 'linux'],
  ['by ps on macOS', '/no-such-folder', 'darwin'],
  ['on Windows', '/no-such-folder', 'win32'],
] as const)('an ended process is told from a living one %s', async (_, proc, platform) => {
  const mine = startTimeOf(process.pid, proc, platform);
  expect(mine).not.toBe('gone');
  // A lock file parts its words at white space.
  expect(mine).toMatch(/^\S+$/);
  expect(startTimeOf(process.pid, proc, platform)).toBe(mine);
  // Without an answer for ended processes, the lock of a killed process would stay for ever.
  expect(startTimeOf(await endedProcess(), proc, platform)).toBe('gone');
});

it('tells start times by ps, so that another process with the same pid holds no lock', () => {
  expect(startTimeOf(process.pid, '/no-such-folder', 'darwin')).toMatch(
    /^\w{3}-\w{3}-\d{1,2}-[\d:]{8}-\d{4}$/,
  );
});

it('a lock from before the machine started is cleared where there are no start times', () => {
  const path = join(folderWith({ 'a.lock': `${process.pid} alive\n` }), 'a.lock');
  expect(holderLives(path, 'win32', Date.now() - 3_600_000)).toBe(true);
  expect(holderLives(path, 'win32', Date.now() + 3_600_000)).toBe(false);
});

it.each([
  ['4711', ''],
  ['alive', '; when process 17 is no Skillgate, delete '],
])('a wait that takes too long names the holder, with the start time %s', (start, other) => {
  const path = join(folderWith({ 'a.lock': `17 ${start}\n` }), 'a.lock');
  expect(() => requireInTime(Number.NEGATIVE_INFINITY, path)).toThrow(
    expect.objectContaining({
      message: expect.stringContaining(`Cannot continue: process 17 has held the lock ${path}`),
      hint: `wait until the process ends, then try again${other}${other === '' ? '' : path}`,
    }),
  );
});

it('a lock of an ended process is cleared', async () => {
  const folder = folderWith({ 'a.lock': `${await endedProcess()} 12345\n` });
  const path = join(folder, 'a.lock');
  const tries = [1, 2, 3].map(() => tryLock(path));
  expect(tries).toContain(true);
});

it('a lock of another container holds for a minute, since its pid says nothing here', () => {
  const path = join(folderWith({ 'a.lock': '1 12345 pid:[1]\n' }), 'a.lock');
  expect(holderLives(path)).toBe(true);
  const twoMinutesAgo = Date.now() / 1_000 - 120;
  utimesSync(path, twoMinutesAgo, twoMinutesAgo);
  expect(holderLives(path)).toBe(false);
});

it('a lock that names no start time of any process is cleared', () => {
  expect(holderLives(join(folderWith({ 'a.lock': '999999999 gone\n' }), 'a.lock'))).toBe(false);
});

it.each([
  ['a pipe', (path: string) => void spawnSync('mkfifo', [path])],
  ['a link to a device', (path: string) => symlinkSync('/dev/zero', path)],
])('%s in the place of a lock is neither waited for nor read', (_, plant) => {
  const path = join(folderWith({}), 'a.lock');
  plant(path);
  expect(tryLock(path)).toBe(false);
});
