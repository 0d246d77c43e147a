/**
 * Decides what happens to the access control list (acl(5)) of an entry that a run created, moved or
 * replaced. The runner does not copy lists from the view to the host. Pure.
 */
import type { Change } from './changes.ts';

/** The paths that have an access control list. */
export interface ListedPaths {
  readonly inView: ReadonlySet<string>;
  readonly onHost: ReadonlySet<string>;
  /**
   * Paths about whose lists the view proves nothing. A copied view gives a new entry no list, even
   * where the original folder would give the entry a list.
   */
  readonly unknown: ReadonlySet<string>;
}

/**
 * Decides which entries lose their access control list. The group bits of an entry with a list are
 * the list's mask, and a named user may have fewer rights than everybody else. So an entry whose
 * list would be lost becomes accessible to its owner only. An entry that got its list from its
 * folder, as any new entry does, gets a list from the folder again.
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
    // Renaming gives an entry no list. Applying the change creates the entry anew, and the new
    // entry would inherit the folder's list.
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
