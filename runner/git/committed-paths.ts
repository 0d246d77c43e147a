/** The paths that commits touch: read from git, and judged as the runner judges changed files. */

import { spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import type { JudgedEntry } from '../../skills-index/run/changes/left-behind.ts';
import { isHead } from '../../skills-index/run/changes/protected-names.ts';
import type { JudgeCommitted } from '../mounts/workspace.ts';
import { safeEnvironment, safeSettings } from './safe-git.ts';

/**
 * Links of the commits of one reference, each of which costs a start of git. After these seconds, a
 * hand-over judges no further repository and no further reference.
 */
const committedLinksMax = 1_000;

const gitMemoryMiBMax = 1_024;

/** MiB that git on the host may take at once, for one object, and in all. */
const gitObjectMiBMax = 256;

export const gitOutputBytesMax = 32 * 1024 * 1024;

/** Seconds that one call of git may take, and bytes that git may print. */
export const gitSecondsMax = 120;

/** A path that a commit touches, with the mode and the object that the commit gives it. */
export interface CommittedPath {
  readonly path: string;
  /** Absent where the commit deletes the path. */
  readonly entry?: GitEntry;
  /** What the path had before; absent for a new path. */
  readonly was?: GitEntry;
}

/** What a commit has at a path. */
export interface GitEntry {
  readonly mode: string;
  readonly id: string;
}

/** Git's name for "no object" in a line of differences. */
const noMode = '000000';

/** `.gitmodules` and settings of the host's repository can leave submodules out of differences. */
export const everySubmodule = '--ignore-submodules=none';

/** Every path that any of the new commits touches, against each of the commit's parents. */
export async function readPaths(
  git: GitFolder,
  range: readonly string[],
): Promise<CommittedPath[]> {
  const list = await runGit(git, ['rev-list', ...range]);
  const options = ['--stdin', '-m', '--root', ...rawOptions];
  const raw = await runGit(git, ['diff-tree', ...options], { input: list.bytes });
  return parseRaw(raw.bytes);
}

const rawOptions = ['-r', '-z', '--no-renames', '--raw', '--no-abbrev', everySubmodule];

/** The paths in which two commits differ; of the whole commit when there is no earlier one. */
export async function readDifference(
  git: GitFolder,
  before: string | undefined,
  after: string,
): Promise<CommittedPath[]> {
  const args =
    before === undefined
      ? ['ls-tree', '-r', '-z', '--full-tree', after]
      : ['diff-tree', ...rawOptions, before, after];
  const { bytes } = await runGit(git, args);
  return before === undefined ? parseTree(bytes) : parseRaw(bytes);
}

// `:OLDMODE NEWMODE OLDID NEWID STATUS`, NUL, path, NUL; between them the ids of the commits.
function parseRaw(bytes: Buffer): CommittedPath[] {
  const parts = bytes.toString('latin1').split('\0');
  const paths: CommittedPath[] = [];
  for (let at = 0; at < parts.length; at++) {
    const [, oldMode = '', mode = '', oldId = '', id = ''] =
      /^:([0-7]{6}) ([0-7]{6}) ([0-9a-f]+) ([0-9a-f]+) [A-Z]\d*$/.exec(parts[at] ?? '') ?? [];
    if (mode === '') continue;
    at++;
    paths.push({
      path: parts[at] ?? '',
      ...(mode === noMode ? {} : { entry: { mode, id } }),
      ...(oldMode === noMode ? {} : { was: { mode: oldMode, id: oldId } }),
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

/** The first bytes of an object: the target of a committed link, the content of a `HEAD`. */
async function readText(git: GitFolder, id: string): Promise<string> {
  const { bytes } = await runGit(git, ['cat-file', 'blob', id], {
    outputMax: linkBytesMax,
    cut: true,
  });
  return bytes.toString('latin1');
}

const linkBytesMax = 4_096;

/**
 * Judges each path that commits touch.
 * @param workTree the folder of the work tree below the mount
 * @throws Error when the runner would have to read too many links
 */
export async function judgePaths(
  git: GitFolder,
  workTree: string,
  paths: readonly CommittedPath[],
  judge: JudgeCommitted,
): Promise<(JudgedEntry & { readonly path: string })[]> {
  const isRead = ({ entry, path }: CommittedPath): boolean =>
    entry?.mode === '120000' || isHead(nameOf(path));
  if (paths.filter(isRead).length > committedLinksMax)
    throw new OverLimit(`its commits change more than ${committedLinksMax} links`);
  const siblings = siblingsOf(paths);
  const judged = [];
  for (const one of paths)
    judged.push({
      ...(await judgePath({ git, workTree, siblings, judge }, one)),
      path: one.path,
    });
  return judged;
}

interface JudgedPaths {
  readonly git: GitFolder;
  readonly workTree: string;
  /** The names that the commits put into each folder. */
  readonly siblings: ReadonlyMap<string, ReadonlySet<string>>;
  readonly judge: JudgeCommitted;
}

async function judgePath(
  { git, judge, siblings, workTree }: JudgedPaths,
  { path, entry }: CommittedPath,
): Promise<JudgedEntry> {
  // A commit of another repository: git fetches a submodule from the address in .gitmodules.
  if (entry?.mode === '160000') return { shelf: 'obeyed' };
  const link = entry?.mode === '120000' ? await readText(git, entry.id) : undefined;
  const above = workTree === '' ? '' : `${Buffer.from(workTree).toString('latin1')}/`;
  const parts = path.split('/');
  let found: JudgedEntry = { shelf: 'plain' };
  // A folder of the commits may be what makes a repository, so each part of the path is judged.
  for (const end of parts.keys()) {
    const part = parts.slice(0, end + 1).join('/');
    const isLast = end === parts.length - 1;
    const beside = siblings.get(parts.slice(0, end).join('/')) ?? new Set();
    const names = isLast && (await isHeadOfGit(git, path, entry)) ? withHead(beside) : beside;
    const judged = judge(above + part, isLast ? link : undefined, names);
    if (judged.shelf === 'never') return judged;
    if (judged.shelf === 'obeyed') found = judged;
  }
  return found;
}

// The rest of a repository may come with another branch, so a `HEAD` that git reads is enough.
async function isHeadOfGit(
  git: GitFolder,
  path: string,
  entry: GitEntry | undefined,
): Promise<boolean> {
  if (entry === undefined || !isHead(nameOf(path))) return false;
  return /^(?:ref:\s*)?refs\/|^[0-9a-f]{40}/.test(await readText(git, entry.id));
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function withHead(names: ReadonlySet<string>): Set<string> {
  return new Set([...names, 'objects', 'refs']);
}

function siblingsOf(paths: readonly CommittedPath[]): Map<string, Set<string>> {
  const siblings = new Map<string, Set<string>>();
  for (const { path, entry } of paths) {
    if (entry === undefined) continue;
    const parts = path.split('/');
    for (const [end, part] of parts.entries()) {
      const above = parts.slice(0, end).join('/');
      siblings.set(above, (siblings.get(above) ?? new Set()).add(part));
    }
  }
  return siblings;
}

// Runs git on a repository of the host. Git runs as the owner of the folder, with no hook, no
// network, no setting of the user or the system, and no program that a repository names for its
// differences or its files.

/** A limit of Skillgate keeps commits in the view, so that work of the run stays behind. */
export class OverLimit extends Error {}

export interface GitFolder {
  /** Git's folder as `/proc/self/fd/N`: no other process can put another one in its place. */
  readonly path: string;
  /** Git's own folder below `path`; absent when `path` is git's own folder. */
  readonly gitFolder?: string;
  /** A folder for new objects beside those of the repository; absent to write to the repository. */
  readonly objects?: string;
  /** Whether git reads only the new objects. */
  readonly alone?: boolean;
  /** The owner of the folder, for a runner that is root. */
  readonly owner: { readonly uid: number; readonly gid: number };
}

interface GitOptions {
  readonly input?: Uint8Array | string | Readable;
  readonly outputMax?: number;
  /** Takes the output piece by piece; `runGit` then returns nothing of it. */
  readonly onOutput?: (piece: Buffer) => void;
  /** Exit codes beside 0 that are an answer. */
  readonly answers?: readonly number[];
  /** Keeps the first bytes of an output that is too long. */
  readonly cut?: boolean;
}

interface GitOutput {
  readonly code: number;
  readonly bytes: Buffer;
  readonly isCut: boolean;
}

const settings = [
  ...safeSettings,
  'core.alternateRefsCommand=true',
  'core.bigFileThreshold=8m',
  'core.commitGraph=false',
  'color.ui=false',
  'core.quotePath=true',
].flatMap((setting) => ['-c', setting]);

// Git holds all paths of a commit's differences in memory before it prints the first one, and a few
// trees that contain each other have billions of paths. Mapped packs do not count. Where the runner
// itself has a lower limit, `ulimit` fails and the lower limit holds.
const limited = `ulimit -d ${gitMemoryMiBMax * 1024} 2>/dev/null; exec git "$@"`;

/** @throws Error with git's own words when git fails, takes too long or prints too much */
export async function runGit(
  { alone = false, gitFolder = '.', objects, owner, path }: GitFolder,
  args: readonly string[],
  options: GitOptions = {},
): Promise<GitOutput> {
  const { answers = [], cut = false, input, onOutput, outputMax = gitOutputBytesMax } = options;
  const child = spawn('/bin/sh', ['-c', limited, 'git', ...settings, ...args], {
    cwd: path,
    env: {
      PATH: '/usr/local/bin:/usr/bin:/bin',
      HOME: '/nonexistent',
      ...safeEnvironment,
      GIT_DIR: gitFolder,
      // With the repository's own `core.worktree`, git would look for `objects` in the work tree.
      ...(args[0] === 'init' ? {} : { GIT_WORK_TREE: '.' }),
      GIT_COMMITTER_NAME: 'skillgate',
      GIT_COMMITTER_EMAIL: 'skillgate@localhost',
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_ALLOW_PROTOCOL: 'none',
      GIT_LITERAL_PATHSPECS: '1',
      // A few bytes of a pack can unpack to more than the host's memory.
      GIT_ALLOC_LIMIT: `${gitObjectMiBMax}m`,
      ...(objects === undefined
        ? {}
        : {
            GIT_OBJECT_DIRECTORY: objects,
            GIT_ALTERNATE_OBJECT_DIRECTORIES: alone ? '' : 'objects',
          }),
    },
    stdio: ['pipe', 'pipe', 'pipe'],
    timeout: gitSecondsMax * 1_000,
    killSignal: 'SIGKILL',
    ...(process.getuid?.() === 0 ? owner : {}),
  });
  const parts: Buffer[] = [];
  let size = 0;
  let errors = '';
  child.stdout.on('data', (part: Buffer) => {
    size += part.length;
    if (onOutput !== undefined) onOutput(part);
    else if (size - part.length < outputMax) parts.push(part);
    if (size > outputMax) child.kill('SIGKILL');
  });
  child.stderr.on('data', (part: Buffer) => {
    if (errors.length < errorCharsMax) errors += part.toString();
  });
  const ended = new Promise<number | null>((resolve, reject) =>
    child.on('error', reject).on('close', resolve),
  );
  feed(child.stdin, input);
  const code = await ended;
  const bytes = Buffer.concat(parts).subarray(0, outputMax);
  if (size > outputMax && cut) return { code: 0, bytes, isCut: true };
  if (size > outputMax) throw new OverLimit(`git ${args[0]} printed more than ${outputMax} bytes`);
  if (code === null) throw new OverLimit(`git ${args[0]} took more than ${gitSecondsMax} s`);
  if (code !== 0 && /^fatal: (?:Out of memory|attempting to allocate)/m.test(errors))
    throw new OverLimit(`git ${args[0]} needs more than ${gitMemoryMiBMax} MiB of memory`);
  if (code !== 0 && !answers.includes(code)) {
    const why = firstError(errors) ?? `git ${args[0]} ended with ${code}`;
    throw new Error(missingObject.test(why) ? `${why}; ${fetchAll}` : why);
  }
  return { code, bytes, isCut: false };
}

const errorCharsMax = 2_000;

const missingObject = /missing \w+ object|did not receive expected object/;
const fetchAll =
  'if the host’s clone is partial, type there: git fetch --refetch --no-filter, and run again';

/** The line in which git says why it failed: warnings and hints may come first. */
export function firstError(text: string): string | undefined {
  const lines = text.split('\n').filter((line) => line !== '');
  return lines.find((line) => /^(?:error|fatal):/.test(line)) ?? lines[0];
}

// Git may end before it has read everything; its exit code says why.
function feed(stdin: Writable, input: GitOptions['input']): void {
  stdin.on('error', () => undefined);
  if (input === undefined || typeof input === 'string' || input instanceof Uint8Array)
    stdin.end(input);
  else input.pipe(stdin);
}
