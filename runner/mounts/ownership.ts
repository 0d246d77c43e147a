/**
 * Whose entries of a folder a run may change: its own user's and the folder owner's. A runner that
 * is root could read and replace the rest, which the run's user cannot. Such an entry is not read
 * and not replaced, and neither is anything below it.
 */
import type * as fs from 'node:fs';
import { foreignOwner, type Owners } from '../../skills-index/run/changes/foreign-paths.ts';

/** @param root what fstat says of the folder */
export function ownersOf(root: Pick<fs.Stats, 'uid'>): Owners {
  // A runner that is root takes the folder owner's uid for the run; any other runner keeps its own.
  return new Set([root.uid, process.getuid?.() || root.uid]);
}

/** An entry, or a folder above it, belongs to somebody else. */
export class ForeignEntry extends Error {
  constructor(uid: number) {
    super(foreignOwner(uid));
  }
}

/** @throws ForeignEntry */
export function requireOwner(owners: Owners, { uid }: Pick<fs.Stats, 'uid'>): void {
  if (!owners.has(uid)) throw new ForeignEntry(uid);
}
