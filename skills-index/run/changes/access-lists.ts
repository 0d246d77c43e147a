/**
 * What becomes of the access control list (acl(5)) of an entry that a run made, moved or replaced:
 * lists are not taken over. Pure.
 */
import type { Change } from './changes.ts';

/** Which paths have a list. */
export interface ListedPaths {
  readonly inView: ReadonlySet<string>;
  readonly onHost: ReadonlySet<string>;
  /**
   * What the view says nothing of: in a copy, a new entry has no list, whatever its folder gives.
   */
  readonly unknown: ReadonlySet<string>;
}

/**
 * Under a list the group bits of a mode are its mask, and others may have more than somebody whom
 * the list names. So an entry whose list would be lost is for its owner alone; one that has a list
 * from its folder, as any new one there, gets it from the folder again.
 * @param changes folders before what is in them
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
    // A rename gives an entry no list; made anew when it is applied, it would get that of its
    // folder.
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

/** The folder that holds a path; empty for the folder that a run sees. */
export function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}
