/**
 * Fetches one commit of a repository, without history and without a work tree, and reads its files.
 * Nothing of the repository starts a program: no hook, filter, submodule or setting.
 */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { bundleFileBytesMax } from '../../skills-index/skill/limits.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import type { CommandContext } from '../command.ts';
import { type BoundedGit, type GitLimits, makeBoundedGit } from './bounded-git.ts';
import {
  type CommitTree,
  makeCommitTree,
  parseTreeListing,
  type TreeEntry,
} from './commit-tree.ts';
import type { GitAddress } from './git-address.ts';
import { gitListBytesMax, linkBytesMax } from './limits.ts';
import { type ChosenCommit, chooseCommit, parseRefs } from './remote-refs.ts';

export interface FetchedCommit extends ChosenCommit {
  readonly repository: string;
  /** When the commit was made, by the clock of whoever made the commit. */
  readonly time: Date;
  /** Short names of the tags at this commit, and of all tags. */
  readonly tagsHere: readonly string[];
  readonly tags: readonly string[];
  readonly tree: CommitTree;
  /** Id of a folder’s tree; undefined where the folder is reached through a link. */
  treeIdOf(folder: string): Promise<string | undefined>;
  /** Contents in the order of the entries. @throws Problem as git */
  read(entries: readonly TreeEntry[]): Promise<readonly Buffer[]>;
}

export type FetchWorld = Pick<CommandContext, 'env' | 'signal' | 'paths'> & {
  readonly limits?: GitLimits;
};

/**
 * Fetches the commit, and removes everything afterwards.
 * @throws Problem `git-failed`, `git-ref-unknown`, `git-too-large`, `interrupted`
 */
export async function withCommit<Result>(
  world: FetchWorld,
  address: GitAddress,
  use: (commit: FetchedCommit) => Promise<Result>,
): Promise<Result> {
  await mkdir(world.paths.cache, { recursive: true });
  const top = await mkdtemp(join(world.paths.cache, 'git-'));
  try {
    return await use(await fetchCommit(world, address, top));
  } finally {
    await rm(top, { recursive: true, force: true });
  }
}

async function fetchCommit(
  world: FetchWorld,
  address: GitAddress,
  top: string,
): Promise<FetchedCommit> {
  const { url, protocol } = address;
  const gitAt = (name: string, digits: number): Promise<BoundedGit> =>
    makeBoundedGit(join(top, name), { ...world, digits, protocol });
  const asking = await gitAt('refs', 40);
  const wanted = ['HEAD', 'refs/heads/*', 'refs/tags/*'];
  const remote = parseRefs(await asking.text('ls-remote', '--symref', '--', url, ...wanted));
  const chosen = chooseCommit(address, remote);
  const { commit } = chosen;
  const git = await gitAt('objects', commit.length);
  // The id, not a name: a branch may move between the two calls.
  await git.text(
    'fetch',
    '--quiet',
    '--depth=1',
    '--no-tags',
    '--no-recurse-submodules',
    '--no-write-fetch-head',
    '--no-auto-maintenance',
    `--filter=blob:limit=${bundleFileBytesMax + 1}`,
    '--',
    url,
    `+${commit}:refs/skillgate/fetched`,
  );
  // `git show` would compare the whole commit with nothing, however many files its trees make.
  const listed = await git.text('rev-list', '--max-count=1', '--timestamp', commit);
  const [, seconds] = /^(\d{1,11}) [0-9a-f]+$/.exec(listed.trim()) ?? [];
  if (seconds === undefined)
    throw new Problem('git-failed', `Cannot read ${url}: ${commit} is no commit`);
  const tags = [...remote.refs].filter(([name]) => name.startsWith('refs/tags/'));
  const short = (all: typeof tags): string[] => all.map(([name]) => name.slice(10));
  return {
    ...chosen,
    repository: url,
    time: new Date(Number(seconds) * 1000),
    tags: short(tags),
    tagsHere: short(tags.filter(([, id]) => id === commit)),
    tree: await readTree(git, commit),
    treeIdOf: (folder) => treeId(git, commit, folder),
    read: (entries) => readBlobs(git, entries),
  };
}

async function readTree(git: BoundedGit, commit: string): Promise<CommitTree> {
  const entries = parseTreeListing(await git.text('ls-tree', '-r', '-z', '-l', commit));
  const links = [...entries.values()].filter(
    ({ kind, bytes }) => kind === 'link' && (bytes ?? Number.POSITIVE_INFINITY) <= linkBytesMax,
  );
  const targets = await readBlobs(git, links);
  return makeCommitTree(
    entries,
    new Map(links.map(({ hash }, at) => [hash, String(targets[at] ?? '')])),
  );
}

async function treeId(
  git: BoundedGit,
  commit: string,
  folder: string,
): Promise<string | undefined> {
  const id = await git
    .text('rev-parse', '--verify', '--quiet', '--end-of-options', `${commit}:${folder}`)
    .catch(() => '');
  return /^[0-9a-f]{40,64}$/.test(id.trim()) ? id.trim() : undefined;
}

async function readBlobs(git: BoundedGit, entries: readonly TreeEntry[]): Promise<Buffer[]> {
  const unique = new Map(entries.map((entry) => [entry.hash, entry]));
  const hashes = [...unique.keys()];
  const sizes = [...unique.values()].map(({ bytes = 0 }) => bytes + 200);
  const bytesMax = sizes.reduce((sum, size) => sum + size, 0);
  if (bytesMax > gitListBytesMax)
    throw new Problem('git-too-large', `Cannot read files of ${bytesMax} bytes at once`);
  const contents = parseBatch(await git.batch(hashes, bytesMax));
  return entries.map(({ hash }) => {
    const found = contents.get(hash);
    if (found !== undefined) return found;
    throw new Problem('git-failed', `git did not print the file ${hash}`);
  });
}

/** Parses `git cat-file --batch`: a line with id, type and size before each content. */
function parseBatch(output: Buffer): Map<string, Buffer> {
  const contents = new Map<string, Buffer>();
  for (let at = 0; at < output.length; ) {
    const end = output.indexOf(10, at);
    const line = output.toString('latin1', at, end < 0 ? output.length : end);
    const [, hash, size] = /^([0-9a-f]+) blob (\d+)$/.exec(line) ?? [];
    at = (end < 0 ? output.length : end) + 1;
    if (hash === undefined) continue;
    contents.set(hash, output.subarray(at, at + Number(size)));
    at += Number(size) + 1;
  }
  return contents;
}
