/** The paths that commits touch: read from git, and judged as the runner judges changed files. */
import type { JudgedEntry } from '../../skills-index/run/changes/left-behind.ts';
import { isHead } from '../../skills-index/run/changes/protected-names.ts';
import { committedLinksMax } from '../limits.ts';
import type { JudgeCommitted } from '../mounts/workspace.ts';
import { type GitFolder, OverLimit, runGit } from './run-git.ts';

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
