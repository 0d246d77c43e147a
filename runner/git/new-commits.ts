/**
 * What the new commits of a reference bring: every path that the runner judges, and the differences
 * that a person reads.
 */
import { type HandedRef, stashRef } from '../../skills-index/run/changes/repositories.ts';
import { goesOn } from '../../skills-index/run/changes/shown-differences.ts';
import { judgedCommitsMax, patchBytesMax, shownCommitsMax } from '../limits.ts';
import {
  type CommittedPath,
  everySubmodule,
  readDifference,
  readPaths,
} from './committed-paths.ts';
import { emptyTree } from './quarantine.ts';
import { type GitFolder, OverLimit, runGit } from './run-git.ts';
import { listUnseen } from './unseen-files.ts';

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
