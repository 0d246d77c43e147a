/**
 * Which changes `changes show` prints one by one, and which trees it folds to a line each: trees
 * that tools generate, and what is beyond the number of paths that a person reads. Pure.
 */
import { type Change, kindOf } from '../../skills-index/run/changes/changes.ts';
import { generatedFolders } from '../../skills-index/run/changes/generated-folders.ts';
import { foldedChangesMin, shownPathsMax } from '../limits.ts';
import type { ChangeMarks } from './marked.ts';

export interface FoldedTree {
  /** The tree below the folder of the workspace, such as `app/node_modules`; `.` for the top. */
  readonly root: string;
  readonly changes: readonly Change[];
}

export interface FoldedChanges {
  readonly changes: Change[];
  readonly trees: readonly FoldedTree[];
}

/**
 * @param changes in the order in which they are shown, marked changes first
 * @param also changes that a person accepts
 */
export function foldChanges(
  changes: readonly Change[],
  marks: ChangeMarks,
  also: ReadonlySet<Change> = new Set(),
): FoldedChanges {
  // A tool that makes a tree anew creates and deletes files. A changed file may be source code in a
  // folder that only has the name of such a tree.
  const generated = groupBy(changes, (change) =>
    kindOf(change) === 'changed' || isReadAlone(change, also)
      ? undefined
      : generatedTreeOf(change.path),
  );
  const small = [...generated].filter(([, inTree]) => inTree.length < foldedChangesMin);
  for (const [root] of small) generated.delete(root);
  const inTrees = new Set([...generated.values()].flat());
  const others = changes.filter((change) => !inTrees.has(change));
  const marked = others.filter((change) => (marks.get(change)?.length ?? 0) > 0).length;
  const max = Math.max(shownPathsMax, marked);
  const beyond = groupBy(others.slice(max), topOf);
  const trees = [...generated, ...beyond].map(([root, inTree]) => ({ root, changes: inTree }));
  return { changes: others.slice(0, max), trees };
}

// A person accepts each of these files by name. Installed packages have thousands of them, of which
// the accepted ones are read.
function isReadAlone(change: Change, also: ReadonlySet<Change>): boolean {
  const isInstalled = change.path.split('/').includes('node_modules');
  return change.shelf === 'obeyed' && (!isInstalled || also.has(change));
}

/** Whether a lock file's difference is folded: tools write it, and it is long. */
export function isLockFile(change: Change, marks: ChangeMarks): boolean {
  return (marks.get(change) ?? []).some((mark) => mark.startsWith('a lock file'));
}

function generatedTreeOf(path: string): string | undefined {
  const parts = path.split('/');
  const at = parts.slice(0, -1).findIndex((part) => generatedFolders.has(part));
  return at === -1 ? undefined : parts.slice(0, at + 1).join('/');
}

function topOf({ path }: Change): string {
  const end = path.indexOf('/');
  return end === -1 ? '.' : path.slice(0, end);
}

function groupBy(
  changes: readonly Change[],
  keyOf: (change: Change) => string | undefined,
): Map<string, Change[]> {
  const groups = new Map<string, Change[]>();
  for (const change of changes) {
    const key = keyOf(change);
    if (key === undefined) continue;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [change]);
    else group.push(change);
  }
  return groups;
}
