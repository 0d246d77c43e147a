/**
 * A run's new objects of git beside a repository of the host, checked before anything refers to
 * them. Git may read the objects of both; the host's repository stays as it is.
 */
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type MovedRef,
  parseRefList,
  type RefList,
} from '../../skills-index/run/changes/moved-refs.ts';
import { type HandedRef, stashRef } from '../../skills-index/run/changes/repositories.ts';
import { goesOn } from '../../skills-index/run/changes/shown-differences.ts';
import { requireOwner } from '../files/ownership.ts';
import { folderOnly, isGone } from '../files/walk-folder.ts';
import {
  judgedCommitsMax,
  packBytesMax,
  patchBytesMax,
  shownCommitsMax,
  unpackedBytesMax,
} from '../limits.ts';
import {
  type CommittedPath,
  everySubmodule,
  readDifference,
  readPaths,
} from './committed-paths.ts';
import { type GitFolder, OverLimit, runGit } from './run-git.ts';
import { listUnseen } from './unseen-files.ts';

/**
 * Opens git's own folder below a work tree; undefined where there is none.
 * @throws Error for a `.git` that is a file or a link
 */
export function openGitFolder(
  workTree: string,
  owner: GitFolder['owner'],
): (GitFolder & { readonly descriptor: number }) | undefined {
  const path = `${workTree}/.git`;
  const there = statsOf(path);
  if (there === undefined) return undefined;
  // Git would follow a link or the path in a file, and write to a repository somewhere else.
  if (!there.isDirectory()) throw new Error('its .git is no folder');
  const { O_DIRECTORY, O_NOFOLLOW, O_RDONLY } = fs.constants;
  const descriptor = fs.openSync(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  try {
    // Git would write through links that another user put into the folder.
    requireOwner(new Set([owner.uid]), fs.fstatSync(descriptor));
    return { path: `/proc/self/fd/${descriptor}`, owner, descriptor };
  } catch (cause) {
    fs.closeSync(descriptor);
    throw cause;
  }
}

function statsOf(path: string): fs.Stats | undefined {
  try {
    return fs.lstatSync(path);
  } catch (cause) {
    if (!isGone(cause)) throw cause;
    return undefined;
  }
}

/** A new folder that git may write to and that only its owner may enter. */
export function temporaryFolder(owner: GitFolder['owner']): string {
  const path = fs.mkdtempSync(join(tmpdir(), 'skillgate-git-'));
  if (process.getuid?.() === 0) fs.chownSync(path, owner.uid, owner.gid);
  return path;
}

/** An empty repository in a temporary folder, for work trees that have no repository yet. */
export async function emptyRepository(
  folder: string,
  owner: GitFolder['owner'],
  idLength: number,
): Promise<GitFolder & { readonly descriptor: number }> {
  const path = join(folder, 'repository');
  fs.mkdirSync(path, { mode: 0o700 });
  if (process.getuid?.() === 0) fs.chownSync(path, owner.uid, owner.gid);
  const descriptor = fs.openSync(path, folderOnly);
  const git = { path: `/proc/self/fd/${descriptor}`, owner };
  await runGit(git, ['init', '-q', '--bare', '--template=', formatOf(idLength)]);
  return { ...git, descriptor };
}

/** The option of `git init` for identifiers of this length. */
export function formatOf(idLength: number): string {
  return `--object-format=${idLength === 64 ? 'sha256' : 'sha1'}`;
}

/** The references of a repository of the host. */
export async function readRefs(git: GitFolder): Promise<RefList> {
  const format = '--format=%(objectname) %(refname)%(if)%(symref)%(then) ->%(end)';
  const kinds = ['refs/heads', 'refs/tags', 'refs/stash'];
  const refs = await runGit(git, ['for-each-ref', format, ...kinds]);
  const head = await runGit(git, ['rev-parse', '-q', '--verify', 'HEAD^{commit}'], {
    answers: [1, 128],
  });
  const branch = await runGit(git, ['symbolic-ref', '-q', 'HEAD'], { answers: [1, 128] });
  const word = ({ bytes }: { readonly bytes: Buffer }): string => bytes.toString().trim() || '-';
  return parseRefList(`HEAD ${word(head)} ${word(branch)}\n${refs.bytes.toString()}`);
}

/** The id of the tree without entries, which differs by the repository's format. */
export async function emptyTree(git: GitFolder): Promise<string> {
  const { bytes } = await runGit(git, ['hash-object', '-t', 'tree', '--stdin'], { input: '' });
  return bytes.toString().trim();
}

/** The names of the host's remote branches: git reads a branch of such a name in their place. */
export async function readRemotes(git: GitFolder): Promise<string[]> {
  const { bytes } = await runGit(git, ['for-each-ref', '--format=%(refname)', 'refs/remotes']);
  return bytes
    .toString()
    .split('\n')
    .filter((name) => name !== '');
}

/**
 * Stores a pack in the folder for new objects, or in the repository. Git checks each object as a
 * server would: no `.git` in any spelling, no crafted `.gitmodules`, no missing object.
 */
export async function storePack(git: GitFolder, pack: Uint8Array): Promise<void> {
  if (pack.length === 0) return;
  const limit = `--max-input-size=${packBytesMax}`;
  await runGit(git, ['index-pack', '--stdin', '--fix-thin', '--strict', limit], { input: pack });
}

/** Passes the new objects, unpacked, to the detector of leaks. */
export async function readUnpacked(
  git: GitFolder,
  onPiece: (piece: Buffer) => void,
): Promise<void> {
  const format = '--batch=%(objecttype)';
  await runGit(git, ['cat-file', '--batch-all-objects', '--unordered', format], {
    onOutput: onPiece,
    outputMax: unpackedBytesMax,
  });
}

/** The new commits of a reference: how many, the first ones, every path, and the differences. */
export interface NewCommits extends Pick<HandedRef, 'commits' | 'shown'> {
  readonly paths: readonly CommittedPath[];
  readonly patch: Buffer;
}

interface NamedRef {
  readonly name: string;
  readonly before: string | undefined;
  readonly after: string;
}

/**
 * @param known the objects of the host's references
 * @param head the host's commit when the run began
 * @throws Error when the reference names no commit, objects are missing, or a limit is exceeded
 */
export async function readCommits(
  git: GitFolder,
  { after, before, name }: NamedRef,
  known: readonly string[],
  head: string | undefined,
): Promise<NewCommits> {
  // Ids are checked when they are read, so no id is an option.
  const range = [after, ...known.map((id) => `^${id}`), '--'];
  // Fails where an object is missing.
  await runGit(git, ['rev-list', '--objects', '--quiet', ...range]);
  const commits = await countCommits(git, range);
  if (commits > judgedCommitsMax)
    throw new OverLimit(`it has more than ${judgedCommitsMax} new commits`);
  const base = name === stashRef ? head : (before ?? head);
  // The host's HEAD may be this branch, still without a commit.
  const hasOlder = base === undefined && (await countCommits(git, [after, '--'])) !== commits;
  const isNew = base !== before;
  const whole = await readWhole(git, { after, base, commits, hasOlder, isNew, range });
  // Another branch of the host may hold what a stranger sent: nobody judged its paths for this one.
  const isWhole = hasOlder || (whole.length > 0 && before !== undefined);
  const moved = isWhole ? await readDifference(git, before, after) : [];
  if (commits === 0) {
    const patch = Buffer.concat([await listUnseen(git, moved, whole), whole]);
    return { commits, shown: [], paths: moved, patch };
  }
  const shown = await runGit(git, [
    'rev-list',
    `--max-count=${shownCommitsMax}`,
    '--format=%an <%ae>%x00%s',
    ...range,
  ]);
  const patch = Buffer.concat([await readPatch(git, ['log', ...logOptions, ...range]), whole]);
  const paths = [...(await readPaths(git, range)), ...moved];
  return {
    commits,
    shown: parseCommits(shown.bytes.toString()),
    paths,
    patch: Buffer.concat([await listUnseen(git, paths, patch), patch]),
  };
}

async function countCommits(git: GitFolder, range: readonly string[]): Promise<number> {
  const { bytes } = await runGit(git, ['rev-list', '--count', ...range]);
  return Number(bytes.toString());
}

interface Whole {
  readonly after: string;
  readonly base: string | undefined;
  readonly commits: number;
  /** Whether the host had some of the commits, and no commit to compare with. */
  readonly hasOlder: boolean;
  readonly isNew: boolean;
  readonly range: readonly string[];
}

/**
 * The difference that a reference makes in all, where its new commits do not show the difference:
 * a merge can take an older file from one of its parents, and a reference can move to commits that
 * another branch of the host has.
 */
async function readWhole(git: GitFolder, given: Whole): Promise<Buffer> {
  const { after, base, commits, hasOlder, isNew, range } = given;
  const hasMerges = (await countCommits(git, ['--merges', ...range])) > 0;
  if (!hasOlder && !hasMerges) {
    if (base === undefined || isNew) return Buffer.alloc(0);
    const sides = await runGit(git, ['rev-list', '--left-right', '--count', `${base}...${after}`]);
    if (sides.bytes.toString().trim() === `0\t${commits}`) return Buffer.alloc(0);
  }
  // A new branch at a commit of the host brings nothing to the files of the branch in HEAD.
  if (base !== undefined && isNew && commits === 0) return Buffer.alloc(0);
  const from = base ?? (await emptyTree(git));
  const patch = await readPatch(git, ['diff', from, after, '--']);
  const title = `\nin all, from ${base?.slice(0, 10) ?? 'nothing'} to ${after.slice(0, 10)}:\n`;
  return Buffer.concat([Buffer.from(title), patch]);
}

async function readPatch(
  git: GitFolder,
  [command = '', ...args]: readonly string[],
): Promise<Buffer> {
  const { bytes, isCut } = await runGit(git, [command, ...patchOptions, ...args], {
    outputMax: patchBytesMax,
    cut: true,
  });
  return Buffer.concat([bytes, Buffer.from(isCut ? `\n${goesOn}\n` : '')]);
}

// Settings of the host's repository change the form of differences.
const patchOptions = [
  '--patch',
  '--no-color',
  '-O/dev/null',
  '--no-renames',
  '--no-ext-diff',
  '--no-textconv',
  '--no-relative',
  '--submodule=short',
  everySubmodule,
];
const logOptions = [
  '--reverse',
  '--root',
  '--cc',
  '--no-show-signature',
  '--no-decorate',
  '--no-notes',
  '--no-mailmap',
  '--format=medium',
];

function parseCommits(text: string): HandedRef['shown'] {
  const lines = text.split('\n');
  return lines.flatMap((line, at) => {
    const [, id] = /^commit ([0-9a-f]+)$/.exec(line) ?? [];
    const [author = '', subject = ''] = (lines[at + 1] ?? '').split('\0');
    return id === undefined || !lines[at + 1]?.includes('\0')
      ? []
      : [{ id, author: shorten(author), subject: shorten(subject) }];
  });
}

function shorten(text: string): string {
  return text.slice(0, 300);
}

/** Whether a move of a reference keeps every commit that the reference had. */
export async function isForward(
  git: GitFolder,
  { before, after }: Pick<MovedRef, 'before' | 'after'>,
): Promise<boolean> {
  if (before === undefined || after === undefined) return before === undefined;
  const { code } = await runGit(git, ['merge-base', '--is-ancestor', before, after], {
    answers: [1],
  });
  return code === 0;
}

/**
 * The kind of an object: `commit`, `tag`, `tree` or `blob`; for a tag with `^{}`, the kind of the
 * object that the tag names in the end.
 */
export async function kindOfObject(git: GitFolder, id: string): Promise<string> {
  const { bytes } = await runGit(git, ['cat-file', '-t', id]);
  return bytes.toString().trim();
}
