/**
 * Decides whose entries a run may change in a folder: entries of the run's user and of the folder's
 * owner. A runner that is root could read and replace other users' entries, which the run's user
 * may not. So the runner neither reads nor replaces such an entry or anything below such an entry.
 */
import type * as fs from 'node:fs';
import { foreignOwner, type Owners } from '../../skills-index/run/changes/foreign-paths.ts';

/**
 * The users whose entries a run may change.
 * @param root the folder's status from fstat
 */
export function ownersOf(root: Pick<fs.Stats, 'uid'>): Owners {
  // A runner that is root runs the skill under the folder owner's uid; any other runner keeps its
  // own uid.
  return new Set([root.uid, process.getuid?.() || root.uid]);
}

/** The error for an entry that belongs to another user, or lies in another user's folder. */
export class ForeignEntry extends Error {
  constructor(uid: number) {
    super(foreignOwner(uid));
  }
}

/** @throws ForeignEntry when the entry belongs to another user */
export function requireOwner(owners: Owners, { uid }: Pick<fs.Stats, 'uid'>): void {
  if (!owners.has(uid)) throw new ForeignEntry(uid);
}
