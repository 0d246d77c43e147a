/**
 * Whose entries of a folder a run may change: its own user's and the folder owner's. A runner that is root could read and replace the
 * rest, which the run's user cannot. Such an entry is not read and not replaced, and neither is anything below it.
 */
import type * as fs from 'node:fs';

export type Owners = ReadonlySet<number>;

/** @param root what fstat says of the folder */
export function ownersOf(root: Pick<fs.Stats, 'uid'>): Owners {
  // A runner that is root takes the folder owner's uid for the run; any other runner keeps its own.
  return new Set([root.uid, process.getuid?.() || root.uid]);
}

/** An entry, or a folder above it, belongs to somebody else. */
export class ForeignEntry extends Error {
  constructor(uid: number) {
    super(`it belongs to another user (uid ${uid})`);
  }
}

/** @throws ForeignEntry */
export function requireOwner(owners: Owners, { uid }: Pick<fs.Stats, 'uid'>): void {
  if (!owners.has(uid)) throw new ForeignEntry(uid);
}

export interface Ownership {
  /** Why the owner of what was at a path, or of a folder above it, forbids a change there. */
  whyForeign(path: string): string | undefined;
  /** Whether a folder held something of another user, so that it can neither go nor become something else. */
  holdsForeign(path: string): boolean;
}

/** @param found what the folder held when the run began */
export function ownershipOf(found: ReadonlyMap<string, { readonly uid: number }>, owners: Owners): Ownership {
  const foreign = new Map([...found].filter(([, { uid }]) => !owners.has(uid)).map(([path, { uid }]) => [path, uid]));
  const holding = new Set([...foreign.keys()].flatMap((path) => above(path)));
  const whyForeign = (path: string): string | undefined => {
    if (foreign.size === 0) return undefined;
    const [uid] = [path, ...above(path)].flatMap((one) => foreign.get(one) ?? []);
    return uid === undefined ? undefined : new ForeignEntry(uid).message;
  };
  return { whyForeign, holdsForeign: (path) => holding.has(path) };
}

function above(path: string): string[] {
  const parts = path.split('/');
  return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join('/'));
}
