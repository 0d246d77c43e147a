/** Which paths of a folder the entries of other users keep from being changed. Pure. */

/** Users whose entries a run may change. */
export type Owners = ReadonlySet<number>;

export function foreignOwner(uid: number): string {
  return `it belongs to another user (uid ${uid})`;
}

export interface Ownership {
  /** Why the owner of what was at a path, or of a folder above it, forbids a change there. */
  whyForeign(path: string): string | undefined;
  /**
   * Whether a folder held something of another user, so that it can neither go nor become something
   * else.
   */
  holdsForeign(path: string): boolean;
}

/** @param found what the folder held when the run began */
export function ownershipOf(
  found: ReadonlyMap<string, { readonly uid: number }>,
  owners: Owners,
): Ownership {
  const foreign = new Map(
    [...found].filter(([, { uid }]) => !owners.has(uid)).map(([path, { uid }]) => [path, uid]),
  );
  const holding = new Set([...foreign.keys()].flatMap((path) => above(path)));
  const whyForeign = (path: string): string | undefined => {
    if (foreign.size === 0) return undefined;
    const [uid] = [path, ...above(path)].flatMap((one) => foreign.get(one) ?? []);
    return uid === undefined ? undefined : foreignOwner(uid);
  };
  return { whyForeign, holdsForeign: (path) => holding.has(path) };
}

function above(path: string): string[] {
  const parts = path.split('/');
  return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join('/'));
}
