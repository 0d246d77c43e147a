/**
 * What the new commits of a reference bring: every path that the runner judges, and the differences
 * that a person reads.
 */
import * as fs from 'node:fs';
import { type HandOverRef, stashRef } from '../../skills-index/run/changes/repositories.ts';
import { goesOn, showsIn } from '../../skills-index/run/changes/shown-differences.ts';
import { readHead } from '../files/owned-folder.ts';
import { readBelow } from '../files/read-below.ts';
import { withHandle } from '../files/walk-folder.ts';
import {
  type CommittedPath,
  everySubmodule,
  type GitFolder,
  OverLimit,
  readDifference,
  readPaths,
  runGit,
} from './committed-paths.ts';
import { emptyTree } from './quarantine.ts';

/**
 * Commits of one run whose files the runner judges, commits that a change set names, and bytes of
 * the shown differences.
 */
const judgedCommitsMax = 10_000;

const patchBytesMax = 1024 * 1024;

const shownCommitsMax = 200;

/** Bytes of the list of files that the shown differences of a reference leave out. */
const unseenListBytesMax = 4 * 1024 * 1024;

/** Files of a folder in git's own folder that the runner compares, and bytes of such a file. */
const gitFilesMax = 1_000;

const gitSettingsBytesMax = 1024 * 1024;

/** The new commits of a reference: how many, the first ones, every path, and the differences. */
interface NewCommits extends Pick<HandOverRef, 'commits' | 'shown'> {
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

function parseCommits(text: string): HandOverRef['shown'] {
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

// Names the files of new commits whose content the stored differences do not show: files with a NUL
// byte, large files, and all files of differences that are cut. A person accepts these files with
// the commits, so each is listed with its size and git's name for its content.

/**
 * @param paths every path that the commits touch
 * @param patch the stored differences
 * @returns a remark for each file, or nothing when the differences show all files
 * @throws OverLimit when the remarks are too long to store and to read
 */
async function listUnseen(
  git: GitFolder,
  paths: readonly CommittedPath[],
  patch: Buffer,
): Promise<Buffer> {
  const text = patch.toString('latin1');
  const isShown = showsIn(text);
  const hidden = paths.filter(({ path }) => !isShown(path));
  const contents = new Map(hidden.map((one) => [`${one.path}\0${one.entry?.id ?? ''}`, one]));
  if (contents.size === 0) return Buffer.alloc(0);
  const ids = [...contents.values()].flatMap(({ entry }) => entry?.id ?? []);
  const sizes = await readSizes(git, ids);
  const why = text.includes(`\n${goesOn}\n`)
    ? `the differences are longer than ${patchBytesMax / 1024 / 1024} MiB, and the end is not shown: these are all changed files`
    : 'the differences do not show the content of these files';
  const lines = [...contents.values()].map((one) => `  ${describe(one, sizes)}`);
  const list = Buffer.from([why, ...lines].map((line) => `! ${line}\n`).join(''));
  // A few trees that contain each other have many long paths.
  if (list.length > unseenListBytesMax)
    throw new OverLimit(
      `the differences do not show ${contents.size} files, and the list of these files is longer than ${unseenListBytesMax / 1024 / 1024} MiB; leave generated files out of the commits (.gitignore)`,
    );
  return list;
}

function describe({ entry, path }: CommittedPath, sizes: ReadonlyMap<string, string>): string {
  const name = JSON.stringify(Buffer.from(path, 'latin1').toString('utf8'));
  if (entry === undefined) return `${name}: deleted`;
  const size = sizes.get(entry.id);
  return size === undefined
    ? `${name}: commit ${entry.id} of another repository`
    : `${name}: ${size} ${size === '1' ? 'byte' : 'bytes'}, git object ${entry.id}`;
}

/** The bytes of each object; without those that the repository does not have. */
async function readSizes(
  git: GitFolder,
  ids: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const input = ids.map((id) => `${id}\n`).join('');
  const format = '--batch-check=%(objectname) %(objectsize)';
  const { bytes } = await runGit(git, ['cat-file', format], { input });
  const found = bytes.toString('latin1').matchAll(/^([0-9a-f]+) ([0-9]+)$/gm);
  return new Map([...found].map(([, id = '', size = '']) => [id, size]));
}

// Names what a run changed in git's own folder beside commits: settings, hooks and the like, which
// git obeys and which therefore stay in the view.

// The entries of git's folder that git obeys, with the words for a person.
const obeyedEntries: readonly (readonly [name: string, words: string])[] = [
  ['config', 'its settings (config: names, remotes, aliases)'],
  ['config.worktree', 'its settings (config.worktree)'],
  ['hooks', 'its hooks'],
  ['info', 'its rules (info: attributes, exclude)'],
  ['modules', 'the repositories of its submodules'],
  ['worktrees', 'its further work trees, but not their branches'],
];

// What `git init` writes, in any version.
const usualSettings =
  /^(?:\[core\]|repositoryformatversion = [01]|filemode = \w+|bare = false|logallrefupdates = true|\[extensions\]|objectformat = sha256|)$/;

/**
 * @param view git's folder in the view
 * @param host git's folder of the host; absent for a new repository
 * @returns what stays in the view, in words
 */
export function leftInGitFolder(view: string, host: string | undefined): string[] {
  const left = obeyedEntries.filter(([name]) => {
    const now = stateOf(view, name);
    return host === undefined
      ? !isUsual(name, now)
      : now !== undefined && now !== stateOf(host, name);
  });
  const older = newStashes(view, host).length - 1;
  return [
    ...left.map(([, words]) => `${words} stay in the view`),
    ...(older > 0
      ? [
          `only the newest stash comes over: ${older} older ${older === 1 ? 'stash stays' : 'stashes stay'} in the view`,
        ]
      : []),
  ];
}

// The commits of stashes that the host lacks. Git lists stashes in the log of one reference.
function newStashes(view: string, host: string | undefined): string[] {
  const stashesOf = (folder: string): string[] => {
    const text = Buffer.from(
      readBelow(folder, 'logs/refs/stash', gitSettingsBytesMax) ?? '',
    ).toString('latin1');
    return text.match(/^[0-9a-f]{40,64} [0-9a-f]{40,64}/gm) ?? [];
  };
  const known = new Set(host === undefined ? [] : stashesOf(host));
  return stashesOf(view).filter((line) => !known.has(line));
}

function isUsual(name: string, state: string | undefined): boolean {
  if (state === undefined || state === '') return true;
  if (name === 'config') return state.split('\n').every((line) => usualSettings.test(line.trim()));
  return name === 'info' && /^exclude\n(?:#.*\n|\n)*$/.test(state);
}

/** The names and texts of an entry, as one text; undefined where there is none. */
function stateOf(folder: string, name: string): string | undefined {
  const at = `${folder}/${name}`;
  const stats = fs.lstatSync(at, { throwIfNoEntry: false });
  if (stats === undefined) return undefined;
  if (!stats.isDirectory()) return fileText(at) ?? 'another kind of entry';
  return withHandle(at, (self) => {
    const names = fs
      .readdirSync(`${self}/`)
      .filter((one) => !one.endsWith('.sample'))
      .sort();
    if (names.length > gitFilesMax) return `${names.length} entries`;
    return names.map((one) => `${one}\n${fileText(`${self}/${one}`) ?? ''}`).join('\n');
  });
}

function fileText(at: string): string | undefined {
  try {
    const found = readHead(at, gitSettingsBytesMax);
    if (found === undefined) return undefined;
    const { mode, size } = found.stats;
    const isExecutable = (mode & 0o100) === 0 ? '' : '#!';
    return size > gitSettingsBytesMax
      ? `${size} bytes`
      : isExecutable + found.bytes.toString('latin1');
  } catch {
    // A link, a socket, or gone.
    return undefined;
  }
}
