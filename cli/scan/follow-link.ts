/**
 * Follows symbolic links of a skill inside its git repository: to files that git tracks, and to
 * folders of such files. A link to anything else stays a link, or a stranger's skill could bring
 * a secret of the repository's owner into a bundle.
 */
import { lstat, realpath } from 'node:fs/promises';
import { relative, sep } from 'node:path';
import type { Environment } from '../git/quiet-git.ts';
import { type WorkTree, workTreeOf } from '../git/work-tree.ts';

/** Where a link leads, without links; or why it is not followed. */
export type LinkTarget =
  | { readonly kind: 'file' | 'folder'; readonly path: string }
  | { readonly kind: 'none'; readonly reason: string };

export interface LinkFollower {
  readonly follow: (link: string) => Promise<LinkTarget>;
  /** Whether git tracks the file at a path without links. */
  readonly isTracked: (path: string) => Promise<boolean>;
}

/** Asks git at the first link only: most skills have none. */
export function linkFollower(folder: string, env: Environment): LinkFollower {
  let found: Promise<WorkTree | undefined> | undefined;
  const tree = (): Promise<WorkTree | undefined> => (found ??= workTreeOf(folder, env));
  return {
    follow: async (link) => followIn(await tree(), link),
    isTracked: async (path) => {
      const known = await tree();
      return known?.tracked.has(pathIn(known, path)) === true;
    },
  };
}

const plain: LinkTarget = { kind: 'none', reason: 'is a symbolic link' };

/** For folders that another program copies: nobody knows what it makes of a link. */
export const noLinks: LinkFollower = {
  follow: async () => plain,
  isTracked: async () => false,
};

async function followIn(tree: WorkTree | undefined, link: string): Promise<LinkTarget> {
  if (tree === undefined) return plain;
  const path = await realpath(link).catch(() => undefined);
  if (path === undefined) return { kind: 'none', reason: 'is a symbolic link to nothing' };
  const inside = pathIn(tree, path);
  if (inside === '..' || inside.startsWith('../'))
    return { kind: 'none', reason: 'is a symbolic link that leaves the repository' };
  const isFolder = (await lstat(path)).isDirectory();
  if (!isFolder && tree.tracked.has(inside)) return { kind: 'file', path };
  const head = inside === '' ? '' : `${inside}/`;
  if (isFolder && [...tree.tracked].some((one) => one.startsWith(head)))
    return { kind: 'folder', path };
  return { kind: 'none', reason: 'is a symbolic link to what git does not track' };
}

function pathIn({ top }: WorkTree, path: string): string {
  return relative(top, path).split(sep).join('/');
}
