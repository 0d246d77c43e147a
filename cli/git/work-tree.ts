/** The git work tree around a folder, and the files of it that git tracks. */
import { lstat, realpath } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { treeEntriesMax } from './limits.ts';
import { type Environment, withQuietGit } from './quiet-git.ts';

export interface WorkTree {
  /** The top folder, without links. */
  readonly top: string;
  /** Paths of tracked files, below the top folder. */
  readonly tracked: ReadonlySet<string>;
}

/**
 * Finds the work tree. git's answer counts only for the folder that holds `.git`: the setting
 * `core.worktree` of a hostile repository could name any other folder.
 */
export async function workTreeOf(folder: string, env: Environment): Promise<WorkTree | undefined> {
  const top = await folderWithGit(await realpath(folder));
  if (top === undefined) return undefined;
  try {
    return await withQuietGit(top, env, async ({ here }) => {
      const named = await realpath(await here('rev-parse', '--show-toplevel'));
      if (named !== top) return undefined;
      const paths = (await here('ls-files', '-z')).split('\0').filter((path) => path !== '');
      return paths.length > treeEntriesMax ? undefined : { top, tracked: new Set(paths) };
    });
  } catch {
    return undefined;
  }
}

async function folderWithGit(folder: string): Promise<string | undefined> {
  for (let at = folder; ; at = dirname(at)) {
    if ((await lstat(join(at, '.git')).catch(() => undefined)) !== undefined) return at;
    if (dirname(at) === at) return undefined;
  }
}
