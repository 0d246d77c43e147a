/** Changes of a lock by several at once: none is lost, whoever read it before. */
import { setTimeout as sleep } from 'node:timers/promises';
import * as files from '../../runner/files/public.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { lockChangeSecondsMax } from '../limits.ts';
import { type Lock, readLock, writeLock } from './lock.ts';

/**
 * Reads a lock, changes it and writes it, while nobody else does; writes nothing when `change`
 * answers with the same lock.
 * @throws Problem `lock-invalid`; `plan-refused` when another holds it too long
 */
export async function changeLock(path: string, change: (lock: Lock) => Lock): Promise<void> {
  const claim = `${path}.claim`;
  const began = performance.now();
  while (!files.tryLock(claim)) {
    if (performance.now() - began > lockChangeSecondsMax * 1_000)
      throw new Problem(
        'plan-refused',
        `Cannot change ${path}: another process has held its lock for ${lockChangeSecondsMax} seconds`,
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
