/** Which skills of a work tree have other files than a commit from which the work began. */
import { realpath } from 'node:fs/promises';
import { relative, resolve, sep } from 'node:path';
import type { SourceFile } from '../../skills-index/skill/bundle.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import type { CommitTree } from './commit-tree.ts';
import { filesOf, firstDifference, type ObjectStore, readCommitTree } from './committed-files.ts';
import { type Environment, withQuietGit } from './quiet-git.ts';

export interface Since {
  /** The newest commit that is in the history of both. */
  readonly mergeBase: string;
  /** Whether a skill’s files differ from those at the merge base. */
  readonly isChanged: (
    folder: string,
    files: readonly Pick<SourceFile, 'path' | 'bytes' | 'mode'>[],
  ) => Promise<boolean>;
}

/**
 * Reads the merge base of HEAD and a branch, tag or commit.
 * @param folder in the work tree
 * @throws Problem `usage` outside of a work tree, `git-ref-unknown`, `git-failed`
 */
export async function readSince(folder: string, ref: string, env: Environment): Promise<Since> {
  const { top, mergeBase, tree } = await withQuietGit(folder, env, async (git) => {
    const found = await git.here('rev-parse', '--show-toplevel').catch(() => undefined);
    if (found === undefined)
      throw new Problem('usage', `${JSON.stringify(folder)} is in no git work tree`, {
        hint: 'scan without --since',
      });
    const head = await idOf(git.here, 'HEAD');
    const since = await idOf(git.here, ref);
    const objects = resolve(folder, await git.here('rev-parse', '--git-path', 'objects'));
    const store: ObjectStore = { git, folder: objects };
    const base = await git.objects(objects, 'merge-base', since, head).catch(() => '');
    if (!/^[0-9a-f]{40,64}$/.test(base))
      throw new Problem(
        'git-failed',
        `Cannot compare with ${JSON.stringify(ref)}: the work tree has no commit that is in both histories`,
        { hint: 'fetch the history: git fetch --unshallow, or fetch-depth: 0 in GitHub Actions' },
      );
    return { top: await realpath(found), mergeBase: base, tree: await readCommitTree(store, base) };
  });
  return { mergeBase, isChanged: (skill, files) => differs(top, tree, skill, files) };
}

async function idOf(here: (...args: string[]) => Promise<string>, ref: string): Promise<string> {
  const id = await here('rev-parse', '--verify', '--end-of-options', ref).catch(() => '');
  if (/^[0-9a-f]{40,64}$/.test(id)) return id;
  throw new Problem('git-ref-unknown', `The repository has no commit ${JSON.stringify(ref)}`, {
    hint: 'git branch --all and git tag list the names; CI often fetches one branch only',
  });
}

// A file that became executable is a change, too.
async function differs(
  top: string,
  tree: CommitTree,
  skill: string,
  files: readonly Pick<SourceFile, 'path' | 'bytes' | 'mode'>[],
): Promise<boolean> {
  const place = relative(top, await realpath(skill))
    .split(sep)
    .join('/');
  if (place.startsWith('..')) return true;
  const committed = filesOf(tree, place);
  const isExecutable = (mode: number | undefined): boolean => ((mode ?? 0) & 0o111) !== 0;
  return (
    firstDifference(committed, files) !== undefined ||
    files.some(({ path, mode }) => isExecutable(mode) !== isExecutable(committed.get(path)?.mode))
  );
}
