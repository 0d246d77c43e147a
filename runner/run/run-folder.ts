/**
 * The private folder of one run. The folder has the egress proxy's socket and the files staged for
 * the run's uid. The runner deletes the folder after the run.
 */
import { chmodSync, lstatSync, mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir, totalmem } from 'node:os';
import { Problem } from '../../skills-index/skill/problem.ts';
import { forwarderGroupOf } from '../bubblewrap/bubblewrap.ts';
import { createLockFile, holderLives } from '../files/lock.ts';
import { removeTree } from '../files/remove-tree.ts';
import { removeControlGroups } from '../sandbox/control-groups.ts';

/**
 * MiB of the host's memory that the runner reckons for each concurrent run of one user: an idle
 * interpreter takes some 45 MiB.
 */
const memoryMiBPerRun = 64;

// A control group may limit the runner to less memory than the host has.
const usableBytes = Math.min(totalmem(), process.constrainedMemory() || Number.POSITIVE_INFINITY);

/**
 * Runs `act` in a new folder. When the runner is root, the run's uid may traverse the folder to the
 * staged files, but may not list the folder.
 * @throws Problem `plan-refused` when this user has as many concurrent runs as the memory allows;
 * `disk-full`
 */
export async function withRunFolder<Result>(
  act: (path: string) => Promise<Result>,
  above = process.getuid?.() === 0 ? '/tmp' : tmpdir(),
  runsMax = Math.ceil(usableBytes / (memoryMiBPerRun * 1024 * 1024)),
): Promise<Result> {
  const path = mkdtempSync(`${above}/skillgate-`);
  try {
    createLockFile(`${path}/runner`);
    const living = sweep(above);
    if (living > runsMax)
      throw new Problem(
        'plan-refused',
        `Cannot start: ${runsMax} runs are active, and this host has no memory for another; wait until one ends`,
      );
    if (process.getuid?.() === 0) chmodSync(path, 0o711);
    return await act(path);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ENOSPC') throw cause;
    throw new Problem('disk-full', `Cannot run: the disk is full: ${(cause as Error).message}`, {
      cause,
    });
  } finally {
    removeTree(path);
  }
}

// Deletes the run folders of killed runners and counts the run folders of live runners.
function sweep(above: string): number {
  const folders = readdirSync(above).filter((name) => /^skillgate-[A-Za-z0-9]{6}$/.test(name));
  return folders.filter((name) => {
    // Any user can create folders and links in /tmp, so check type, mode and owner of a folder
    // before deleting the folder. Another user may have closed their folder.
    const folder = lstatSync(`${above}/${name}`, { throwIfNoEntry: false });
    if (folder?.isDirectory() !== true || folder.uid !== process.getuid?.()) return false;
    const file = lstatSync(`${above}/${name}/runner`, { throwIfNoEntry: false });
    if (file?.isFile() !== true || file.uid !== folder.uid || (folder.mode & 0o022) !== 0)
      return false;
    if (holderLives(`${above}/${name}/runner`)) return true;
    for (const group of [name, forwarderGroupOf(name)]) removeControlGroups(group);
    removeTree(`${above}/${name}`);
    return false;
  }).length;
}
