/**
 * Files that several commands change at once, such as skillgate.lock: who reads, changes and writes
 * one does so while it holds the file's lock, so that no change is lost.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { tryLock, unlock } from '../runner/files/lock.ts';
import { Problem } from '../skills-index/skill/problem.ts';

const waitSecondsMax = 20;

/**
 * Runs `act` while no other command changes the file.
 * @param claim the file that says who holds the lock; beside the locked file, so that other users
 * and containers see it too
 * @throws Problem `plan-refused` when another process holds the lock too long
 */
export async function whileLocked<Result>(
  path: string,
  act: () => Promise<Result>,
  claim = `${path}.claim`,
): Promise<Result> {
  const began = performance.now();
  const take = (): boolean => {
    try {
      return tryLock(claim);
    } catch (cause) {
      if (!(cause instanceof Error) || !/^(EACCES|EPERM|EROFS)\b/.test(cause.message)) throw cause;
      throw new Problem('plan-refused', `Cannot change ${path}: its folder is not writable`, {
        hint: 'type the command as the user who owns the folder, or in a folder of your own',
        cause,
      });
    }
  };
  while (!take()) {
    if (performance.now() - began > waitSecondsMax * 1_000)
      throw new Problem(
        'plan-refused',
        `Cannot change ${path}: another process has held its lock for ${waitSecondsMax} seconds`,
        {
          hint: `wait until that command ends (${claim} names its process); when none runs, delete ${claim}`,
        },
      );
    await sleep(10);
  }
  try {
    return await act();
  } finally {
    unlock(claim);
  }
}
