/** Deletes folders, and gives folders to a user, where node:fs alone cannot. */
import { execFileSync, spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';

/**
 * Deletes a folder with everything in it. The folder may hold folders without permissions, or paths
 * longer than the kernel accepts: chmod(1) and rm(1) work by descriptor, so they delete such
 * folders too.
 */
export function removeTree(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch {
    spawnSync('/bin/chmod', ['-R', 'u+rwX', '--', path]);
    spawnSync('/bin/rm', ['-rf', '--', path]);
  }
}

/**
 * Gives a folder with everything in it to a user. A link in the folder is given, and the target of
 * the link is not. A recursive `readdir` of node:fs would enter the folders that links name.
 */
export function giveTree(path: string, uid: number, gid: number): void {
  execFileSync('/bin/chown', ['-R', '-h', '-P', `${uid}:${gid}`, '--', path]);
}
