/**
 * The view of a mount after the last process of the run, for the hand-over of git repositories in
 * place of the files in git's folders. Pure.
 */
import type { Change, ChangedFolder, LeftBehind } from '../../skills-index/run/changes/changes.ts';
import { controlled } from '../../skills-index/run/changes/protected-names.ts';
import type { Repository } from '../../skills-index/run/changes/repositories.ts';
import type { Digest } from '../../skills-index/skill/digest.ts';
import type { JudgeCommitted } from './workspace.ts';

/** What somebody needs who hands over the repositories of a view. */
export interface EndedView {
  readonly run: string;
  /** The mount's path in the sandbox. */
  readonly target: string;
  /** The name of the mounted folder. */
  readonly source: string;
  /** `/proc/self/fd/N` of the view, and of the folder below the view. */
  readonly view: string;
  readonly below: string;
  /** Folders below the mount with a changed repository; empty for the mount itself. */
  readonly workTrees: readonly string[];
  readonly changes: readonly Change[];
  /** Reads and stores bytes of the change set. */
  readonly read: (sha256: Digest) => Uint8Array;
  readonly keep: (bytes: Uint8Array) => Digest;
  /** Searches bytes for the canary and for placeholders. */
  readonly search: (piece: Uint8Array) => void;
  readonly judge: JudgeCommitted;
}

/** References of git that a run made, moved or deleted, in place of the files in git's folders. */
export interface GitHandOver {
  readonly repositories: readonly Repository[];
  /** What stays in the view, with reasons. */
  readonly left: readonly LeftBehind[];
  /** The changes without the files that another branch than the host's holds. */
  readonly changes: readonly Change[];
  /** Whether a limit keeps commits in the view. */
  readonly limited: boolean;
}

export type HandOver = (ended: EndedView) => Promise<GitHandOver>;

type FoundChanges = Pick<ChangedFolder, 'changes' | 'refused' | 'conflicts'>;

// Git's own folders stay in the view; the references of their repositories take the folders' place.
export async function withRepositories(
  found: FoundChanges,
  handOver: HandOver | undefined,
  endedWith: (workTrees: readonly string[]) => EndedView,
): Promise<FoundChanges & Pick<ChangedFolder, 'repositories'> & Pick<GitHandOver, 'limited'>> {
  const isGit = ({ path, why }: LeftBehind): boolean =>
    why === controlled && /^(?:.*\/)?\.git$/s.test(path);
  const gitFolders = found.refused.filter(isGit);
  if (handOver === undefined || gitFolders.length === 0) return { ...found, limited: false };
  const workTrees = gitFolders.map(({ path }) => path.replace(/\/?\.git$/, ''));
  const { changes, left, limited, repositories } = await handOver(endedWith(workTrees));
  const kept = new Set(changes.map(({ path }) => path));
  return {
    changes: [...changes],
    refused: [...found.refused.filter((one) => !isGit(one)), ...left],
    conflicts: found.conflicts.filter((path) => kept.has(path)),
    ...(repositories.length === 0 ? {} : { repositories: [...repositories] }),
    limited,
  };
}
