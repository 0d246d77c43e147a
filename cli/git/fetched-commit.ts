/**
 * Fetches one commit of a repository, without history and without a work tree, and reads its files.
 * Nothing of the repository starts a program: no hook, filter, submodule or setting.
 */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { bundleFileBytesMax } from '../../skills-index/skill/bundle.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import type { CommandContext } from '../command.ts';
import { type BoundedGit, type GitLimits, gitListBytesMax, makeBoundedGit } from './bounded-git.ts';
import {
  type CommitTree,
  makeCommitTree,
  parseTreeListing,
  type TreeEntry,
} from './commit-tree.ts';

/** Bytes of the path in a link. */
const linkBytesMax = 4_096;

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

type FetchWorld = Pick<CommandContext, 'env' | 'signal' | 'paths'> & {
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

// The branches and tags of a remote repository, and the choice of a commit among them.

interface RemoteRefs {
  /** Ids of commits, by full name: `refs/heads/main`. */
  readonly refs: ReadonlyMap<string, string>;
  /** Full name of the default branch. */
  readonly head?: string;
}

interface ChosenCommit {
  readonly commit: string;
  /** Full name of the branch or tag; absent for a commit that was named by its id. */
  readonly ref?: string;
  /** Folder that a page’s address names. */
  readonly folder?: string;
}

/** Parses `git ls-remote --symref`. */
function parseRefs(listing: string): RemoteRefs {
  const refs = new Map<string, string>();
  let head: string | undefined;
  for (const line of listing.split('\n')) {
    const [, target] = /^ref: (refs\/heads\/.+)\tHEAD$/.exec(line) ?? [];
    if (target !== undefined) head = target;
    const [, id, name] = /^([0-9a-f]{40}|[0-9a-f]{64})\t(.+)$/.exec(line) ?? [];
    // A tag with a message is an object of its own; `^{}` is the commit that the tag names.
    if (id !== undefined && name !== undefined) refs.set(name.replace(/\^\{\}$/, ''), id);
  }
  return { refs, ...(head === undefined ? {} : { head }) };
}

/** @throws Problem `git-ref-unknown` */
function chooseCommit(address: GitAddress, remote: RemoteRefs): ChosenCommit {
  const { url, ref, refAndFolder } = address;
  if (ref !== undefined) {
    const { rest, ...chosen } = chooseNamed(url, ref, remote);
    if (rest === '') return chosen;
    throw unknownRef(url, ref);
  }
  if (refAndFolder !== undefined) {
    const { rest, ...chosen } = chooseNamed(url, refAndFolder, remote);
    return { ...chosen, folder: rest };
  }
  const { refs, head } = remote;
  const commit = refs.get(head ?? 'HEAD');
  if (commit === undefined) throw unknownRef(url, 'HEAD');
  return { commit, ...(head === undefined ? {} : { ref: head }) };
}

// The longest name counts, because names of branches contain slashes.
function chooseNamed(
  url: string,
  text: string,
  { refs }: RemoteRefs,
): ChosenCommit & { readonly rest: string } {
  const words = text.split('/');
  for (let count = words.length; count > 0; count--) {
    const name = words.slice(0, count).join('/');
    const rest = words.slice(count).join('/');
    const named = (name.startsWith('refs/') ? [name] : [`refs/tags/${name}`, `refs/heads/${name}`])
      .map((full) => ({ ref: full, commit: refs.get(full) }))
      .filter((one): one is { ref: string; commit: string } => one.commit !== undefined);
    if (new Set(named.map(({ commit }) => commit)).size > 1)
      throw new Problem(
        'git-ref-unknown',
        `${url} has a tag and a branch ${JSON.stringify(name)}`,
        {
          hint: `name one of them in full: #refs/tags/${name} or #refs/heads/${name}`,
        },
      );
    if (named[0] !== undefined) return { ...named[0], rest };
    if (/^([0-9a-f]{40}|[0-9a-f]{64})$/.test(name)) return { commit: name, rest };
  }
  throw unknownRef(url, text);
}

function unknownRef(url: string, name: string): Problem {
  return new Problem('git-ref-unknown', `${url} has no branch or tag ${JSON.stringify(name)}`, {
    hint: 'a commit is named by all digits of its id',
  });
}

// Addresses of git repositories, as people copy them: pages of GitHub and GitLab, addresses for
// `git clone`, and repositories on this machine.

export interface GitAddress {
  /** For git. */
  readonly url: string;
  /** The one protocol that git may use. */
  readonly protocol: 'https' | 'ssh' | 'file';
  /** Branch, tag or commit after the `#`. */
  readonly ref?: string;
  /**
   * Branch or tag, and perhaps a folder, of a page’s address: only the list of refs tells where the
   * name of the branch ends.
   */
  readonly refAndFolder?: string;
}

/**
 * Parses an address.
 * @returns undefined for a text that is no address: the path of a folder
 * @throws Problem `git-address-invalid` for an address that git must not get
 */
export function parseGitAddress(text: string): GitAddress | undefined {
  const hash = text.indexOf('#');
  const address = hash < 0 ? text : text.slice(0, hash);
  const ref = hash < 0 ? undefined : text.slice(hash + 1);
  if (ref === '') throw invalid(text, 'nothing stands behind the #');
  const given = ref === undefined ? {} : { ref };
  const [, user, host, path] = /^([\w.-]+)@([\w.-]+):(?!\/\/)(.+)$/.exec(address) ?? [];
  if (user !== undefined && host !== undefined && path !== undefined)
    return { ...sshAddress(text, URL.parse(`ssh://${user}@${host}/${path}`)), ...given };
  const [, scheme] = /^([a-z][a-z0-9+.-]*):(?=:|\/\/)/i.exec(address) ?? [];
  if (scheme === undefined) return undefined;
  const url = URL.parse(address);
  if (url?.protocol === 'https:') return { ...webAddress(text, url), ...given };
  if (url?.protocol === 'ssh:') return { ...sshAddress(text, url), ...given };
  if (url?.protocol === 'file:' && url.host === '')
    return { url: url.href, protocol: 'file', ...given };
  throw invalid(
    text,
    `git fetches by https, ssh and from folders of this machine, and not by ${JSON.stringify(scheme)}`,
  );
}

/** The address of a repository’s folder on this machine. */
export function folderAddress(path: string, ref?: string): GitAddress {
  const url = pathToFileURL(path).href;
  return { url, protocol: 'file', ...(ref === undefined ? {} : { ref }) };
}

function sshAddress(text: string, url: URL | null): GitAddress {
  if (url === null) throw invalid(text, 'it names no host');
  if (url.password !== '') throw invalid(text, 'it has a password');
  requirePlain(text, url);
  // ssh and git would read a name that begins with - as an option.
  if (url.hostname.startsWith('-') || url.username.startsWith('-'))
    throw invalid(text, 'a name begins with -');
  url.search = '';
  return { url: url.href, protocol: 'ssh' };
}

function webAddress(text: string, url: URL): GitAddress {
  if (url.username !== '' || url.password !== '')
    throw invalid(
      text,
      'it has a user name, which other users of this machine would see; use an ssh address, or a clone of the repository',
    );
  requirePlain(text, url);
  const path = decoded(text, url.pathname).replace(/\/+$/, '');
  const page = pageOf(url.host, path);
  const repository = (page?.repository ?? path).replace(/\.git$/, '');
  const made = new URL(url.origin);
  made.pathname = repository;
  const { rest } = page ?? {};
  return {
    url: made.href,
    protocol: 'https',
    ...(rest === undefined ? {} : { refAndFolder: rest }),
  };
}

// GitLab separates its own pages by `/-/` on every host. On GitHub, the repository is the first two
// names of the path.
function pageOf(
  host: string,
  path: string,
): { readonly repository: string; readonly rest?: string } | undefined {
  const [, gitlab, gitlabRest] = /^(\/.+?)\/-\/(?:tree|blob)\/(.+)$/.exec(path) ?? [];
  if (gitlab !== undefined && gitlabRest !== undefined)
    return { repository: gitlab, rest: gitlabRest };
  if (!/^(www\.)?github\.com$/.test(host)) return undefined;
  const [, repository, rest] = /^(\/[^/]+\/[^/]+)(?:\/(?:tree|blob)\/(.+))?$/.exec(path) ?? [];
  if (repository === undefined) return undefined;
  return rest === undefined ? { repository } : { repository, rest };
}

function requirePlain(text: string, { pathname }: URL): void {
  const path = decoded(text, pathname);
  if (path.length < 2 || /[\u0000-\u0020\u007f]/.test(path) || path.includes('//'))
    throw invalid(text, 'its path names no repository');
}

function decoded(text: string, path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    throw invalid(text, 'its path is not UTF-8');
  }
}

function invalid(text: string, why: string): Problem {
  return new Problem('git-address-invalid', `Cannot use ${JSON.stringify(text)}: ${why}`);
}
