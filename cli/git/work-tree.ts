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
  /** Those of them that are symbolic links. */
  readonly links: readonly string[];
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
      const rows = (await here('ls-files', '-s', '-z')).split('\0').filter((row) => row !== '');
      if (rows.length > treeEntriesMax) return undefined;
      const pathOf = (row: string): string => row.slice(row.indexOf('\t') + 1);
      const links = rows.filter((row) => row.startsWith('120000 ')).map(pathOf);
      return { top, tracked: new Set(rows.map(pathOf)), links };
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
