import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { startTimeOf, tryLock, unlock } from '../../../runner/files/lock.ts';
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
  ['with', '/proc'],
  ['without', '/no-such-folder'],
])('an ended process is told from a living one %s /proc', async (_, proc) => {
  expect(startTimeOf(process.pid, proc)).not.toBe('gone');
  expect(startTimeOf(process.pid, proc)).toBe(startTimeOf(process.pid, proc));
  // Without an answer for ended processes, the lock of a killed process would stay for ever.
  expect(startTimeOf(await endedProcess(), proc)).toBe('gone');
});

it('a lock of an ended process is cleared', async () => {
  const folder = folderWith({ 'a.lock': `${await endedProcess()} 12345\n` });
  const path = join(folder, 'a.lock');
  const tries = [1, 2, 3].map(() => tryLock(path));
  expect(tries).toContain(true);
});
