/**
 * A folder for one run alone: the proxy's socket, and what is staged for the run's uid. Gone
 * afterwards.
 */
import { spawnSync } from 'node:child_process';
import { chmodSync, lstatSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir, totalmem } from 'node:os';
import { Problem } from '../../skills-index/skill/problem.ts';
import { create, holderLives } from '../files/lock.ts';
import { memoryMiBPerRun } from '../limits.ts';
import { removeControlGroups } from '../sandboxes/control-groups.ts';
import { forwarderGroupOf } from '../sandboxes/forwarder.ts';

// What this process may use counts where that is less than the host has (cgroup).
const usableBytes = Math.min(totalmem(), process.constrainedMemory() || Number.POSITIVE_INFINITY);

/**
 * Acts in a new folder. A runner that is root lets the run's uid walk through it, by name only, to
 * what is staged.
 * @throws Problem `plan-refused` when this user has as many runs as it may, `disk-full`
 */
export async function withRunFolder<Result>(
  act: (path: string) => Promise<Result>,
  above = process.getuid?.() === 0 ? '/tmp' : tmpdir(),
  runsMax = Math.ceil(usableBytes / (memoryMiBPerRun * 1024 * 1024)),
): Promise<Result> {
  const path = mkdtempSync(`${above}/skillgate-`);
  try {
    create(`${path}/runner`);
    const living = sweep(above);
    if (living > runsMax)
      throw new Problem(
        'plan-refused',
        `Cannot start: ${runsMax} runs are going on at once, and this host’s memory is for no more`,
      );
    if (process.getuid?.() === 0) chmodSync(path, 0o711);
    return await act(path);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ENOSPC') throw cause;
    throw new Problem('disk-full', `There is no room for this run: ${(cause as Error).message}`, {
      cause,
    });
  } finally {
    removeTree(path);
  }
}

// Takes away what runners left that were killed, and counts the runs of those that live.
function sweep(above: string): number {
  const folders = readdirSync(above).filter((name) => /^skillgate-[A-Za-z0-9]{6}$/.test(name));
  return folders.filter((name) => {
    // Everybody may make folders here, and links in them.
    const [folder, file] = ['', '/runner'].map((part) =>
      lstatSync(`${above}/${name}${part}`, { throwIfNoEntry: false }),
    );
    const isOurs =
      folder?.isDirectory() === true && file?.isFile() === true && (folder.mode & 0o022) === 0;
    if (!isOurs || folder.uid !== process.getuid?.() || file.uid !== folder.uid) return false;
    if (holderLives(`${above}/${name}/runner`)) return true;
    for (const group of [name, forwarderGroupOf(name)]) removeControlGroups(group);
    removeTree(`${above}/${name}`);
    return false;
  }).length;
}

// A copy of a folder may hold folders that nobody may enter, and lie deeper than any path is long:
// those programs go by descriptor.
function removeTree(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch {
    spawnSync('/bin/chmod', ['-R', 'u+rwX', '--', path]);
    spawnSync('/bin/rm', ['-rf', '--', path]);
  }
}
