/**
 * Where an entry is made before it gets its name, and what a killed accept left there. The names
 * hold a secret of the accept: whoever writes to the folder, the run included, would otherwise put
 * something of theirs there first, which would then be removed or be in the way.
 */
import { randomBytes } from 'node:crypto';
import * as fs from 'node:fs';
import type { ChangedFolder } from '../../skills-index/run/changes/changes.ts';
import { digestOf, hexOf } from '../../skills-index/skill/digest.ts';
import { takeTurns } from '../files/turns.ts';
import { ownersOf } from '../mounts/ownership.ts';
import { bytesOf, withParent } from '../mounts/walk-folder.ts';

/** Of one accept; each has another. */
export function newSecret(): string {
  return randomBytes(16).toString('hex');
}

/**
 * The secret in the text of a file; undefined where there is none, as in those of earlier versions.
 */
export function parseSecret(text: string): string | undefined {
  return /^[0-9a-f]{32}$/.test(text) ? text : undefined;
}

/**
 * Where the accept with this secret makes an entry: in the same folder, since a rename does not
 * cross file systems.
 */
export function besideOf(at: Buffer, secret: string): Buffer {
  const name = at.subarray(at.lastIndexOf('/') + 1);
  const hash = hexOf(digestOf(Buffer.concat([bytesOf(secret), name]))).slice(0, 16);
  return Buffer.concat([at.subarray(0, at.length - name.length), bytesOf(`.skillgate-${hash}`)]);
}

/**
 * Removes what the accept with this secret left when it was killed. What is not as it left it
 * stays, and is in nobody's way: the next accept has other names.
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
      withParent(root, Buffer.from(path).toString('latin1'), owners, (at) =>
        removeOwn(besideOf(at, secret), after.uid),
      );
    } catch {
      // Another user may have taken its place meanwhile, or closed the folder to this one.
    }
  }
}

function removeOwn(beside: Buffer, uid: number): void {
  const found = fs.lstatSync(beside, { throwIfNoEntry: false });
  // It belongs to whoever made it, or was given to its owner already.
  if (found === undefined || ![process.geteuid?.(), uid].includes(found.uid)) return;
  if (found.isDirectory()) fs.rmdirSync(beside);
  else fs.unlinkSync(beside);
}
