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
import type { HandedRef } from '../../skills-index/run/changes/repositories.ts';
import { folderOnly } from '../files/walk-folder.ts';
import {
  judgedCommitsMax,
  packBytesMax,
  patchBytesMax,
  shownCommitsMax,
  unpackedBytesMax,
} from '../limits.ts';
import { type GitFolder, runGit } from './run-git.ts';

/** A path that a commit touches, with the mode and the object that the commit gives it. */
export interface CommittedPath {
  readonly path: string;
  /** Absent where the commit deletes the path. */
  readonly entry?: { readonly mode: string; readonly id: string };
}

/** Git's name for "no object" in a line of differences. */
const noMode = '000000';

/** Opens git's own folder below a work tree; undefined where there is none. */
export function openGitFolder(
  workTree: string,
  owner: GitFolder['owner'],
): (GitFolder & { readonly descriptor: number }) | undefined {
  try {
    const descriptor = fs.openSync(
      `${workTree}/.git`,
      fs.constants.O_RDONLY | fs.constants.O_DIRECTORY | fs.constants.O_NOFOLLOW,
    );
    return { path: `/proc/self/fd/${descriptor}`, owner, descriptor };
  } catch (cause) {
    if (['ENOENT', 'ENOTDIR', 'ELOOP'].includes((cause as NodeJS.ErrnoException).code ?? ''))
      return undefined;
    throw cause;
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
  const format = '--format=%(objectname) %(refname)';
  const kinds = ['refs/heads', 'refs/tags', 'refs/stash'];
  const refs = await runGit(git, ['for-each-ref', format, ...kinds]);
  const head = await runGit(git, ['rev-parse', '-q', '--verify', 'HEAD^{commit}'], {
    answers: [1, 128],
  });
  const branch = await runGit(git, ['symbolic-ref', '-q', 'HEAD'], { answers: [1, 128] });
  const word = ({ bytes }: { readonly bytes: Buffer }): string => bytes.toString().trim() || '-';
  return parseRefList(`HEAD ${word(head)} ${word(branch)}\n${refs.bytes.toString()}`);
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

/**
 * @param known the objects of the host's references
 * @throws Error when the reference names no commit, objects are missing, or a limit is exceeded
 */
export async function readCommits(
  git: GitFolder,
  after: string,
  known: readonly string[],
): Promise<NewCommits> {
  // Ids are checked when they are read, so no id is an option.
  const range = [after, ...known.map((id) => `^${id}`), '--'];
  // Fails where an object is missing.
  await runGit(git, ['rev-list', '--objects', '--quiet', ...range]);
  const counted = await runGit(git, ['rev-list', '--count', ...range]);
  const commits = Number(counted.bytes.toString());
  if (commits > judgedCommitsMax)
    throw new Error(`it has more than ${judgedCommitsMax} new commits`);
  if (commits === 0) return { commits, shown: [], paths: [], patch: Buffer.alloc(0) };
  const shown = await runGit(git, [
    'rev-list',
    `--max-count=${shownCommitsMax}`,
    '--format=%an <%ae>%x00%s',
    ...range,
  ]);
  const patch = await runGit(git, ['log', '--reverse', ...patchOptions, ...range], {
    outputMax: patchBytesMax,
    cut: true,
  });
  const cut = patch.isCut ? Buffer.from('\n(the differences go on)\n') : Buffer.alloc(0);
  return {
    commits,
    shown: parseCommits(shown.bytes.toString()),
    paths: await readPaths(git, range),
    patch: Buffer.concat([patch.bytes, cut]),
  };
}

const patchOptions = [
  '--patch',
  '--root',
  '--cc',
  '--no-renames',
  '--no-ext-diff',
  '--no-textconv',
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

// Every path that any of the new commits touches, against each of the commit's parents.
async function readPaths(git: GitFolder, range: readonly string[]): Promise<CommittedPath[]> {
  const list = await runGit(git, ['rev-list', ...range]);
  const options = ['--stdin', '-r', '-z', '-m', '--root', '--no-renames', '--raw', '--no-abbrev'];
  const raw = await runGit(git, ['diff-tree', ...options], { input: list.bytes });
  return parseRaw(raw.bytes);
}

/** The paths in which two commits differ; of the whole commit when there is no earlier one. */
export async function readDifference(
  git: GitFolder,
  before: string | undefined,
  after: string,
): Promise<CommittedPath[]> {
  const args =
    before === undefined
      ? ['ls-tree', '-r', '-z', '--full-tree', after]
      : ['diff-tree', '-r', '-z', '--no-renames', '--raw', '--no-abbrev', before, after];
  const { bytes } = await runGit(git, args);
  return before === undefined ? parseTree(bytes) : parseRaw(bytes);
}

// `:OLDMODE NEWMODE OLDID NEWID STATUS`, NUL, path, NUL; between them the ids of the commits.
function parseRaw(bytes: Buffer): CommittedPath[] {
  const parts = bytes.toString('latin1').split('\0');
  const paths: CommittedPath[] = [];
  for (let at = 0; at < parts.length; at++) {
    const [, mode = '', id = ''] =
      /^:[0-7]{6} ([0-7]{6}) [0-9a-f]+ ([0-9a-f]+) [A-Z]\d*$/.exec(parts[at] ?? '') ?? [];
    if (mode === '') continue;
    at++;
    paths.push({
      path: parts[at] ?? '',
      ...(mode === noMode ? {} : { entry: { mode, id } }),
    });
  }
  return paths;
}

function parseTree(bytes: Buffer): CommittedPath[] {
  const parts = bytes
    .toString('latin1')
    .split('\0')
    .filter((part) => part !== '');
  return parts.flatMap((part) => {
    const [, mode = '', id = '', path = ''] =
      /^([0-7]{6}) [a-z]+ ([0-9a-f]+)\t(.*)$/s.exec(part) ?? [];
    return path === '' ? [] : [{ path, entry: { mode, id } }];
  });
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

/** The text of a small object: the target of a committed link. */
export async function readText(git: GitFolder, id: string): Promise<string> {
  const { bytes } = await runGit(git, ['cat-file', 'blob', id], { outputMax: linkBytesMax });
  return bytes.toString('latin1');
}

const linkBytesMax = 4_096;

/** The kind of an object: `commit`, `tag`, `tree` or `blob`. */
export async function kindOfObject(git: GitFolder, id: string): Promise<string> {
  const { bytes } = await runGit(git, ['cat-file', '-t', id]);
  return bytes.toString().trim();
}
