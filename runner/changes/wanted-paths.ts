/** Which changed paths a person means by a pattern. Pure. */
import { posix } from 'node:path';
import type { Choice } from '../../skills-index/run/changes/select-changes.ts';

/** What a person accepts: named changes, and of the plain changes all, or those that match. */
export interface NamedChoice {
  readonly include?: readonly string[];
  /** References that are accepted without plain changes, but for those that match `paths`. */
  readonly branches?: readonly string[];
  readonly paths?: readonly string[];
}

export function choiceOf({ branches = [], include = [], paths = [] }: NamedChoice): Choice {
  const named = { branches, include };
  if (branches.length + paths.length === 0) return named;
  return { ...named, isWanted: (path, target) => isPathWanted(path, target, paths) };
}

/**
 * Whether a path below the workspace matches one of the patterns. A pattern may begin with the
 * mount's target, and a folder's name matches all that is in the folder.
 */
export function isPathWanted(path: string, target: string, patterns: readonly string[]): boolean {
  return patterns.some((written) => {
    const below = written.startsWith(`${target}/`) ? written.slice(target.length + 1) : written;
    const pattern = below.replace(/^\.\/|\/+$/g, '');
    return (
      path === pattern ||
      path.startsWith(`${pattern}/`) ||
      written === target ||
      posix.matchesGlob(path, pattern)
    );
  });
}
