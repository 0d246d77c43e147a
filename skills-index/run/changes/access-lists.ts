/**
 * Decides what happens to the access control list (acl(5)) of an entry that a run created, moved or
 * replaced. Lists are not copied from the view to the host. Pure.
 */
import type { Change } from './changes.ts';

/** The paths that have an access control list. */
export interface ListedPaths {
  readonly inView: ReadonlySet<string>;
  readonly onHost: ReadonlySet<string>;
  /**
   * Paths for which the view proves nothing: in a copy, a new entry has no list even where its
   * folder would give one.
   */
  readonly unknown: ReadonlySet<string>;
}

/**
 * With an access control list, the group bits of a mode are the list's mask, and a named user may
 * have fewer rights than everybody else. So an entry whose list would be lost becomes accessible to
 * its owner only. An entry that got its list from its folder, as any new one does, gets it from the
 * folder again.
 * @param changes folders come before their content
 */
export function judgeAccessLists(
  changes: readonly Change[],
  { inView, onHost, unknown }: ListedPaths,
): Change[] {
  const lost = new Set<string>();
  return changes.map((change) => {
    const { path, before, after } = change;
    if (after === undefined || after.kind === 'link') return change;
    const isReplaced = before?.kind === after.kind;
    const above = folderOf(path);
    // Renaming gives an entry no list. Applying the change creates the entry anew, and it would
    // inherit the folder's list.
    if (!inView.has(path))
      return !isReplaced && inView.has(above) && !unknown.has(path)
        ? { ...change, list: 'none' }
        : change;
    if (isReplaced && onHost.has(path)) return change;
    if (!isReplaced && inView.has(above) && !lost.has(above)) return { ...change, list: 'folder' };
    lost.add(path);
    return { ...change, after: { ...after, mode: ownersAlone(after.mode) }, list: 'lost' };
  });
}

/** The mode of an entry that only its owner may use. */
export function ownersAlone(mode: number): number {
  return mode & 0o1700;
}

/** The folder that contains a path; empty for the mount's own top folder. */
export function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}
