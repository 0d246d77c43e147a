/** Changes of runs that wait to be accepted: `$DATA/changes/RUN` holds `set.json` and each file's bytes by their digest. */
import { existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { readPrivateFile } from '../../runner/private-file.ts';
import { type ChangeSet, changeSetDigest, changesFolderOf, parseChangeSet } from '../../skills-index/run/changes.ts';
import { type Digest, hexOf } from '../../skills-index/skill/digest.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { changeSetBytesMax, waitingBytesMax, waitingDaysMax } from '../limits.ts';

export interface WaitingChanges {
  readonly set: ChangeSet;
  readonly digest: Digest;
  readonly folder: string;
  /** Whether somebody began to apply it and did not come to the end. */
  readonly begun: boolean;
  readonly read: (sha256: Digest) => Uint8Array;
}

/** Written before the first file is changed, so that what was cut off is known. */
export const begunName = 'begun';

/** All that can be read, the oldest first. */
export function listWaiting(data: string): WaitingChanges[] {
  const found = runsIn(data).flatMap((run) => {
    try {
      return [readWaiting(data, run)];
    } catch {
      return [];
    }
  });
  return found.sort((a, b) => (a.set.at < b.set.at ? -1 : 1));
}

/**
 * @param run its id, or the beginning of it that no other has
 * @throws Problem `not-found`, `changes-invalid`
 */
export function readWaiting(data: string, run: string): WaitingChanges {
  const [only, ...others] = /^[0-9a-f-]{4,36}$/.test(run) ? runsIn(data).filter((one) => one.startsWith(run)) : [];
  if (only === undefined || others.length > 0)
    throw new Problem('not-found', `${only === undefined ? 'No changes wait' : 'Several changes wait'} of run ${run}`, {
      hint: 'skill changes list',
    });
  const folder = changesFolderOf(data, only);
  const rule = { bytesMax: changeSetBytesMax, secret: true, code: 'changes-invalid' } as const;
  const bytes = readPrivateFile(join(folder, 'set.json'), rule);
  if (bytes === undefined) throw new Problem('changes-invalid', `The changes of run ${only} are not whole`);
  const set = parseChangeSet(bytes);
  if (set.run !== only) throw new Problem('changes-invalid', `The changes of run ${only} say they are of ${set.run}`);
  const read = (sha256: Digest): Uint8Array => readFileSync(join(folder, hexOf(sha256)));
  return { set, digest: changeSetDigest(set), folder, begun: existsSync(join(folder, begunName)), read };
}

/** Throws a set away. */
export function discardWaiting({ folder }: WaitingChanges): void {
  rmSync(folder, { recursive: true, force: true });
}

/**
 * Throws away what waits for too long, and of more than may wait the oldest; never what somebody began to apply.
 * @returns the runs whose changes are gone
 */
export function sweepWaiting(data: string, now: Date): string[] {
  const gone: string[] = [];
  let bytes = 0;
  const newestFirst = runsIn(data)
    .map((run) => ({ run, folder: changesFolderOf(data, run) }))
    .map((one) => ({ ...one, since: statSync(one.folder).mtimeMs, bytes: bytesIn(one.folder) }))
    .sort((a, b) => b.since - a.since);
  for (const { run, folder, since, bytes: own } of newestFirst) {
    bytes += own;
    const late = now.getTime() - since > waitingDaysMax * 86_400_000;
    if ((!late && bytes <= waitingBytesMax) || existsSync(join(folder, begunName))) continue;
    rmSync(folder, { recursive: true, force: true });
    gone.push(run);
  }
  return gone;
}

function runsIn(data: string): string[] {
  const folder = join(data, 'changes');
  return existsSync(folder) ? readdirSync(folder).filter((name) => /^[0-9a-f-]{36}$/.test(name)) : [];
}

function bytesIn(folder: string): number {
  return readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
}
