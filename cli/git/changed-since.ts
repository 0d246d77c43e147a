/** Which skills of a work tree have other files than a commit from which the work began. */

import { createHash } from 'node:crypto';
import { realpath } from 'node:fs/promises';
import { relative, resolve, sep } from 'node:path';
import { withBundlePaths } from '../../skills-index/skill/authoring/format-names.ts';
import type { SourceFile } from '../../skills-index/skill/bundle.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { type Environment, type QuietGit, withQuietGit } from './bounded-git.ts';
import {
  type CommitTree,
  type FolderEntry,
  makeCommitTree,
  parseTreeListing,
  type TreeEntry,
} from './commit-tree.ts';

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

// The files of a commit in a folder’s own repository, and whether a skill’s files are the same.

/** Committed files of a folder by path; undefined for a path that is no file. */
type CommittedFiles = ReadonlyMap<string, TreeEntry | undefined>;

/** A repository that `withQuietGit` reads. */
interface ObjectStore {
  readonly git: QuietGit;
  /** The folder with the objects. */
  readonly folder: string;
}

/** Reads the whole tree of a commit. @throws GitError */
async function readCommitTree({ git, folder }: ObjectStore, commit: string): Promise<CommitTree> {
  const entries = parseTreeListing(await git.objects(folder, 'ls-tree', '-r', '-z', '-l', commit));
  const targets = new Map<string, string>();
  for (const { kind, hash } of entries.values())
    if (kind === 'link' && !targets.has(hash))
      targets.set(hash, await git.objects(folder, 'cat-file', 'blob', hash));
  return makeCommitTree(entries, targets);
}

/** Reads one folder of a commit; the whole commit only where links need it. @throws GitError */
export async function readCommitFolder(
  store: ObjectStore,
  commit: string,
  place: string,
): Promise<CommittedFiles> {
  const tree = place === '' ? commit : `${commit}:${place}`;
  const listing = await store.git.objects(store.folder, 'ls-tree', '-r', '-z', '-l', tree);
  const entries = parseTreeListing(listing);
  if (![...entries.values()].some(({ kind }) => kind === 'link'))
    return committedFiles([...entries].map(([path, entry]) => ({ path, entry })));
  return filesOf(await readCommitTree(store, commit), place);
}

/** The files of a folder, with those that links name. */
function filesOf(tree: CommitTree, place: string): CommittedFiles {
  return committedFiles(tree.entriesOf(place));
}

function committedFiles(found: readonly FolderEntry[]): CommittedFiles {
  return new Map(
    withBundlePaths(found).map((one) => [one.path, 'entry' in one ? one.entry : undefined]),
  );
}

/** The first path that differs between a commit and the files; undefined when none does. */
export function firstDifference(
  committed: CommittedFiles,
  files: readonly Pick<SourceFile, 'path' | 'bytes'>[],
): string | undefined {
  const left = new Set(committed.keys());
  for (const { path, bytes } of files) {
    const { hash, kind } = committed.get(path) ?? {};
    if (hash === undefined || kind !== 'file' || gitHash(bytes, hash.length) !== hash) return path;
    left.delete(path);
  }
  return left.values().next().value;
}

// As git hash-object: type and size precede the bytes. Repositories in SHA-256 format have 64
// digits.
function gitHash(bytes: Uint8Array, digits: number): string {
  const hash = createHash(digits === 64 ? 'sha256' : 'sha1');
  return hash.update(`blob ${bytes.byteLength}\0`).update(bytes).digest('hex');
}
