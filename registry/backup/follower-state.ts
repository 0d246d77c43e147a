/**
 * How far a follower is: a file in the data folder that the follower writes several times a second,
 * and the registry reads.
 */
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { backupBehindMs } from '../limits.ts';

/** Name of the file, in the data folder. */
export const followerStateName = 'backup-follower.json';

const stateShape = v.object({
  schema: v.literal('skillgate.backup-follower/1'),
  /** The folder of the backup. */
  backup: v.string(),
  /**
   * Milliseconds since 1970: the backup has everything that was committed before. Null while the
   * first copy is made.
   */
  at: v.nullable(v.number()),
});

export type FollowerState = v.InferOutput<typeof stateShape>;

/** Replaces the file. It need not survive a crash: the follower starts anew then. */
export async function writeFollowerState(
  dir: string,
  state: Omit<FollowerState, 'schema'>,
): Promise<void> {
  const path = join(dir, followerStateName);
  const text = JSON.stringify({ schema: 'skillgate.backup-follower/1', ...state });
  await writeFile(`${path}.part`, text, { mode: 0o600 });
  await rename(`${path}.part`, path);
}

/** How old the backup is that a registry expects. */
export interface BackupAge {
  /** The folder of the backup; absent when no follower has run. */
  readonly backup?: string;
  /** Milliseconds whose commits the backup may lack. Absent when there is no whole backup. */
  readonly behindMs?: number;
  /** What an operator has to know; absent when the backup is as new as it should be. */
  readonly why?: string;
}

/** Reads how old the backup is. Never throws. */
export async function readBackupAge(dir: string, now: Date): Promise<BackupAge> {
  const state = await readState(dir);
  if (state === undefined) return { why: 'no follower copies this registry to a backup' };
  const { backup, at } = state;
  if (at === null) return { backup, why: 'the first copy of the registry is not whole yet' };
  const behindMs = Math.max(0, now.getTime() - at);
  if (behindMs <= backupBehindMs) return { backup, behindMs };
  return {
    backup,
    behindMs,
    why: `the backup may lack the statements of the last ${Math.ceil(behindMs / 1_000)} seconds`,
  };
}

async function readState(dir: string): Promise<FollowerState | undefined> {
  try {
    const text = await readFile(join(dir, followerStateName), 'utf8');
    return v.parse(stateShape, JSON.parse(text));
  } catch {
    return undefined;
  }
}
