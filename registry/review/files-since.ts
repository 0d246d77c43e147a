/** Compares the files of a version with those of an earlier version. */
import type { BundleFile } from '../../skills-index/skill/bundle.ts';
import type { Digest } from '../../skills-index/skill/digest.ts';
import type { Version } from '../../skills-index/skill/version.ts';

export interface FilesSince {
  /** The earlier version. */
  readonly since: Version;
  /** Paths of files that the earlier version did not have. */
  readonly added: readonly string[];
  /** Files with other bytes or another mode. */
  readonly changed: readonly { readonly path: string; readonly before: Digest }[];
  /** Paths of files that this version no longer has. */
  readonly removed: readonly string[];
}

export function filesSince(
  since: Version,
  before: readonly BundleFile[],
  now: readonly BundleFile[],
): FilesSince {
  const earlier = new Map(before.map((file) => [file.path, file]));
  const paths = new Set(now.map(({ path }) => path));
  return {
    since,
    added: now.flatMap(({ path }) => (earlier.has(path) ? [] : [path])),
    changed: now.flatMap(({ path, sha256, mode }) => {
      const old = earlier.get(path);
      return old === undefined || (old.sha256 === sha256 && old.mode === mode)
        ? []
        : [{ path, before: old.sha256 }];
    }),
    removed: before.flatMap(({ path }) => (paths.has(path) ? [] : [path])),
  };
}
