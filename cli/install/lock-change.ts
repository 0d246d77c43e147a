/** Concurrent changes of a lock; none is lost. */
import { setTimeout as sleep } from 'node:timers/promises';
import * as files from '../../runner/files/public.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { lockChangeSecondsMax } from '../limits.ts';
import { type Lock, readLock, writeLock } from './lock.ts';

/**
 * Reads a lock, changes it and writes it under a file lock. Nothing is written when `change`
 * returns the same lock.
 * @throws Problem `lock-invalid`; `plan-refused` when another process keeps the file lock too long
 */
export async function changeLock(path: string, change: (lock: Lock) => Lock): Promise<void> {
  const claim = `${path}.claim`;
  const began = performance.now();
  while (!files.tryLock(claim)) {
    if (performance.now() - began > lockChangeSecondsMax * 1_000)
      throw new Problem(
        'plan-refused',
        `Cannot change ${path}: another process has held the lock of this file for ${lockChangeSecondsMax} seconds`,
      );
    await sleep(10);
  }
  try {
    const before = await readLock(path);
    const after = change(before);
    if (after !== before) await writeLock(path, after);
  } finally {
    files.unlock(claim);
  }
}
