/** Tells the operator when the backup that the settings announce is missing or behind. */
import { type BackupAge, readBackupAge } from '../backup/follower-state.ts';
import { backupCheckMs } from '../limits.ts';

export interface BackupWatch {
  /** How far the backup is behind now. */
  age(): Promise<BackupAge>;
  stop(): void;
}

/**
 * Looks at the follower's file every few seconds. Prints a line when the backup falls behind, and
 * one when the backup is whole again.
 */
export function watchBackup(
  dir: string,
  now: () => Date,
  say: (line: string) => void,
): BackupWatch {
  const age = (): Promise<BackupAge> => readBackupAge(dir, now());
  let isBehind = false;
  const look = async (): Promise<void> => {
    const { why } = await age();
    if (why !== undefined && !isBehind)
      say(
        `warning: ${why}: skillgate registry backup ${dir} BACKUP --follow (docs/operating-registry.md, "Backups")`,
      );
    if (why === undefined && isBehind) say('The backup has every statement again');
    isBehind = why !== undefined;
  };
  const timer = setInterval(() => void look(), backupCheckMs);
  timer.unref();
  return { age, stop: () => clearInterval(timer) };
}
