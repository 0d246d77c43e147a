/**
 * Reads the host's files whose content decides on the shelf of a change: settings of repositories,
 * and a `package.json` before the run.
 */
import type { Change, EntryState } from '../../skills-index/run/changes/changes.ts';
import type { Owners } from '../../skills-index/run/changes/foreign-paths.ts';
import { pathsInGitConfig } from '../../skills-index/run/changes/git-config.ts';
import { changesVersionsAlone } from '../../skills-index/run/changes/package-manifest.ts';
import type { Shelf } from '../../skills-index/run/changes/shelves.ts';
import { digestOf } from '../../skills-index/skill/digest.ts';
import { latinOf } from '../files/walk-folder.ts';
import { obeyedContentBytesMax } from '../limits.ts';
import { contentAt } from './entry-state.ts';

/**
 * The paths that git on the host runs or reads, as the settings of a folder's repositories say.
 * @param below the folder, and `host` its path on the host
 */
export function pathsOfSettings(
  paths: Iterable<string>,
  below: string,
  host: string,
  owners: Owners,
): string[] {
  return [...paths].flatMap((path) => {
    const [, folder = '', inside] =
      /^(?:(.*?)\/)?\.git\/((?:.*\/)?config(?:\.worktree)?)$/s.exec(path) ?? [];
    if (inside === undefined) return [];
    try {
      const bytes = contentAt(below, path, owners, obeyedContentBytesMax) ?? Buffer.alloc(0);
      return pathsInGitConfig(Buffer.from(bytes).toString('latin1'), folder, latinOf(host));
    } catch {
      // Another user closed the settings.
      return [];
    }
  });
}

/** A change of a path that hosts or agents obey, with the new content of a file. */
export interface ObeyedChange {
  readonly path: string;
  readonly old: EntryState | undefined;
  readonly state: EntryState | undefined;
  readonly content: Uint8Array | undefined;
}

/**
 * The shelf that a change set records; undefined for a plain path.
 * @param shelf the shelf by the path
 */
export function shelfByContent(
  shelf: Shelf,
  { path, old, state, content }: ObeyedChange,
  below: string,
  owners: Owners,
): Change['shelf'] {
  if (shelf !== 'obeyed') return undefined;
  const isInPlace =
    old?.kind === 'file' &&
    state?.kind === 'file' &&
    old.mode === state.mode &&
    old.uid === state.uid &&
    old.gid === state.gid;
  if (!isInPlace || !/(?:^|\/)package\.json$/.test(path) || content === undefined) return 'obeyed';
  const before = contentAt(below, path, owners, obeyedContentBytesMax);
  const isKnown = before !== undefined && digestOf(before) === old.sha256;
  if (!isKnown || content.length > obeyedContentBytesMax) return 'obeyed';
  return changesVersionsAlone(before, content) ? 'plain' : 'obeyed';
}
