/**
 * Follows a registry: copies each commit to the backup within a second, with the objects that the
 * commit needs. While the backup takes nothing, the follower tries again for a while. Then it lets
 * the registry's write-ahead log go, and begins anew with a whole copy.
 */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Problem } from '../../skills-index/skill/problem.ts';
import { followMs, followPatienceMs, followPauseMs, followRetryMs } from '../limits.ts';
import { lockFolder } from '../store/database-file.ts';
import { openTarget } from './backup.ts';
import type { BackupAbout } from './backup-folder.ts';
import { type FollowOptions, FollowSession } from './follow-session.ts';

/**
 * Follows until the signal aborts.
 * @throws Problem as `makeBackup`
 */
export async function followRegistry(options: FollowOptions): Promise<void> {
  const { dir, signal, say } = options;
  const target = await openTarget(options);
  try {
    const letGo = lockFolder(dir, 'backup.lock');
    try {
      while (!signal.aborted) {
        const error = await runSession(options, target.next).catch((cause: unknown) => cause);
        if (signal.aborted) return;
        if (error instanceof Problem) throw error;
        say(`warning: The backup stopped: ${textOf(error)}. A whole copy begins anew`);
        await delay(followPauseMs, undefined, { signal }).catch(() => undefined);
      }
    } finally {
      letGo();
    }
  } finally {
    target.letGo();
  }
}

/** Follows until something fails for good. */
async function runSession(
  options: FollowOptions,
  about: Pick<BackupAbout, 'schema' | 'origin' | 'root'>,
): Promise<void> {
  const { dir, signal, say } = options;
  const session = await FollowSession.begin(options, about);
  const database = join(dir, 'registry.sqlite');
  const { ino } = await stat(database);
  let failedSince: number | undefined;
  try {
    while (!signal.aborted) {
      // A target that hangs must not keep the registry's log growing.
      const watchdog = setTimeout(() => session.release(), followPatienceMs);
      try {
        await session.round();
        failedSince = undefined;
      } catch (error) {
        if (!isPassing(error)) throw error;
        if (failedSince === undefined) say(`warning: Cannot copy to the backup: ${textOf(error)}`);
        failedSince ??= Date.now();
        if (Date.now() - failedSince > followPatienceMs) throw error;
        await delay(followRetryMs, undefined, { signal }).catch(() => undefined);
      } finally {
        clearTimeout(watchdog);
      }
      if ((await stat(database)).ino !== ino)
        throw new Error('another database is in the place of the one that was copied');
      await delay(followMs, undefined, { signal }).catch(() => undefined);
    }
    // What was committed until now.
    await session.round();
  } finally {
    await session.close();
  }
}

// Errors of the file system may end by themselves: a full disk, a network that is away.
function isPassing(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error;
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
