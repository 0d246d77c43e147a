/** Decides which paths a run must not change because they belong to other users. Pure. */
import { foldersAbove } from '../../skill/bundle-path.ts';

/** The users whose entries a run may change. */
export type Owners = ReadonlySet<number>;

export function foreignOwner(uid: number): string {
  return `it belongs to another user (uid ${uid})`;
}

export interface Ownership {
  /**
   * Returns why the owner of a path, or of a folder above the path, forbids a change there;
   * undefined when a change is allowed.
   */
  whyForeign(path: string): string | undefined;
  /**
   * Whether a folder contained an entry of another user. Such a folder can neither be deleted nor
   * replaced.
   */
  holdsForeign(path: string): boolean;
}

/** @param found the entries of the folder when the run began */
export function ownershipOf(
  found: ReadonlyMap<string, { readonly uid: number }>,
  owners: Owners,
): Ownership {
  const foreign = new Map(
    [...found].filter(([, { uid }]) => !owners.has(uid)).map(([path, { uid }]) => [path, uid]),
  );
  const holding = new Set([...foreign.keys()].flatMap(foldersAbove));
  const whyForeign = (path: string): string | undefined => {
    if (foreign.size === 0) return undefined;
    const [uid] = [path, ...foldersAbove(path)].flatMap((one) => foreign.get(one) ?? []);
    return uid === undefined ? undefined : foreignOwner(uid);
  };
  return { whyForeign, holdsForeign: (path) => holding.has(path) };
}
