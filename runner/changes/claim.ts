/**
 * Claims of folders: while one process applies or discards changes, no other process does so in an
 * overlapping folder.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createLockFile, holderLives, requireInTime, unlock, withLock } from '../files/lock.ts';

/**
 * Waits until no living process claims an overlapping folder, then claims this folder, for as long
 * as the caller needs.
 * @param path file of the claim, in a folder with all other claims
 * @param folder the claimed folder, with everything in it
 */
export async function waitForClaim(path: string, folder: string): Promise<void> {
  const began = performance.now();
  const claims = dirname(path);
  while (
    !withLock(`${claims}/lock`, () => !overlaps(claims, folder) && createLockFile(path, folder))
  ) {
    requireInTime(began, path);
    await sleep(20);
  }
}

function overlaps(claims: string, folder: string): boolean {
  const within = (inner: string, outer: string): boolean =>
    `${inner}/`.startsWith(outer === '/' ? '/' : `${outer}/`);
  return readdirSync(claims).some((name) => {
    const path = `${claims}/${name}`;
    if (!name.endsWith('.claim')) return false;
    if (!holderLives(path)) unlock(path);
    const [, claimed] = existsSync(path) ? readFileSync(path, 'utf8').split('\n') : [];
    return claimed !== undefined && (within(claimed, folder) || within(folder, claimed));
  });
}
