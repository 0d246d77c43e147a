/**
 * Temporary names for entries before they are renamed into place, and removal of the files that an
 * interrupted attempt left. The names contain a secret of the attempt: otherwise anybody who can
 * write to the folder, such as the run, could create an entry there first, to block the attempt or
 * to get its own entry deleted.
 */
import { randomBytes } from 'node:crypto';
import * as fs from 'node:fs';
import type { ChangedFolder } from '../../skills-index/run/changes/changes.ts';
import { digestOf, hexOf } from '../../skills-index/skill/digest.ts';
import { ownersOf } from '../files/ownership.ts';
import { takeTurns } from '../files/turns.ts';
import { bytesOf, latinOf, withParent } from '../files/walk-folder.ts';

/** A new secret for one attempt. */
export function newSecret(): string {
  return randomBytes(16).toString('hex');
}

/** Parses the secret; undefined for a file without one, as earlier versions wrote. */
export function parseSecret(text: string): string | undefined {
  return /^[0-9a-f]{32}$/.test(text) ? text : undefined;
}

/**
 * The temporary name of an entry in an attempt, in the same folder, because a rename does not cross
 * file systems.
 */
export function temporaryPathOf(at: Buffer, secret: string): Buffer {
  const name = at.subarray(at.lastIndexOf('/') + 1);
  const hash = hexOf(digestOf(Buffer.concat([bytesOf(secret), name]))).slice(0, 16);
  return Buffer.concat([at.subarray(0, at.length - name.length), bytesOf(`.skillgate-${hash}`)]);
}

/**
 * Removes the files that an interrupted attempt left. Entries that another process changed stay;
 * they block nothing, because the next attempt uses other names.
 */
export async function removeLeftovers(
  root: string,
  { changes }: ChangedFolder,
  secret: string,
): Promise<void> {
  const turn = takeTurns();
  const owners = ownersOf(fs.statSync(root));
  for (const { after, path } of changes) {
    await turn();
    if (after === undefined) continue;
    try {
      withParent(root, latinOf(path), owners, (at) =>
        removeOwn(temporaryPathOf(at, secret), after.uid),
      );
    } catch {
      // Another user may have replaced the entry or closed the folder.
    }
  }
}

function removeOwn(beside: Buffer, uid: number): void {
  const found = fs.lstatSync(beside, { throwIfNoEntry: false });
  // The entry still belongs to the user who created it, or to its final owner.
  if (found === undefined || ![process.geteuid?.(), uid].includes(found.uid)) return;
  if (found.isDirectory()) fs.rmdirSync(beside);
  else fs.unlinkSync(beside);
}
