/**
 * The repositories of a run's folders when the run begins: a reference that the host moves during
 * the run is no reference that the run moved.
 */
import * as fs from 'node:fs';
import type { RefList } from '../../skills-index/run/changes/moved-refs.ts';
import type { PlannedWork } from '../run/planned-work.ts';
import { handOver } from './hand-over.ts';
import { openGitFolder, readRefs } from './quarantine.ts';

/**
 * Reads the repositories at the top of the folders.
 * @param folders open folders by the source of their mount
 * @returns the hand-over for the end of the run
 */
export async function beginHandOver(
  folders: ReadonlyMap<string, number>,
): Promise<NonNullable<PlannedWork['handOver']>> {
  const begun = new Map<string, ReadonlyMap<string, RefList>>();
  for (const [source, folder] of folders) begun.set(source, await readBegun(folder));
  return (ended, start) => {
    const { gid, uid } = fs.fstatSync(folders.get(ended.source) ?? -1);
    return handOver({
      ...ended,
      owner: { uid, gid },
      begun: begun.get(ended.source) ?? new Map(),
      start,
    });
  };
}

async function readBegun(folder: number): Promise<ReadonlyMap<string, RefList>> {
  const { gid, uid } = fs.fstatSync(folder);
  let git: ReturnType<typeof openGitFolder>;
  try {
    git = openGitFolder(`/proc/self/fd/${folder}`, { uid, gid });
    return git === undefined ? new Map() : new Map([['', await readRefs(git)]]);
  } catch {
    // A host without git, or a damaged repository: the end of the run says why nothing comes over.
    return new Map();
  } finally {
    if (git !== undefined) fs.closeSync(git.descriptor);
  }
}
