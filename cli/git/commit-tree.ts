/** The git work tree around a folder, and the files of it that git tracks. */
import { lstat, realpath } from 'node:fs/promises';
import { dirname, join, posix } from 'node:path';
import { Problem } from '../../skills-index/skill/problem.ts';
import { type Environment, withQuietGit } from './bounded-git.ts';

/** Files and links of one commit. */
const treeEntriesMax = 200_000;

/** Links followed on the way to one file, as Linux does. */
export const linkStepsMax = 40;

/** Folders and files below one path; a path with more is refused. */
export const folderEntriesMax = 200_000;
export const folderDepthMax = 64;

export interface WorkTree {
  /** The top folder, without links. */
  readonly top: string;
  /** Paths of tracked files, below the top folder. */
  readonly tracked: ReadonlySet<string>;
  /** Those of them that are symbolic links. */
  readonly links: readonly string[];
}

/**
 * Finds the work tree. git's answer counts only for the folder that holds `.git`: the setting
 * `core.worktree` of a hostile repository could name any other folder.
 */
export async function workTreeOf(folder: string, env: Environment): Promise<WorkTree | undefined> {
  const top = await folderWithGit(await realpath(folder));
  if (top === undefined) return undefined;
  try {
    return await withQuietGit(top, env, async ({ here }) => {
      const named = await realpath(await here('rev-parse', '--show-toplevel'));
      if (named !== top) return undefined;
      const rows = (await here('ls-files', '-s', '-z')).split('\0').filter((row) => row !== '');
      if (rows.length > treeEntriesMax) return undefined;
      const pathOf = (row: string): string => row.slice(row.indexOf('\t') + 1);
      const links = rows.filter((row) => row.startsWith('120000 ')).map(pathOf);
      return { top, tracked: new Set(rows.map(pathOf)), links };
    });
  } catch {
    return undefined;
  }
}

async function folderWithGit(folder: string): Promise<string | undefined> {
  for (let at = folder; ; at = dirname(at)) {
    if ((await lstat(join(at, '.git')).catch(() => undefined)) !== undefined) return at;
    if (dirname(at) === at) return undefined;
  }
}

// The files of a commit, and the folders of skills among them. Links are followed inside only.

export interface TreeEntry {
  readonly kind: 'file' | 'link' | 'module';
  readonly hash: string;
  /** Permission bits. */
  readonly mode: number;
  /** Of the content; absent where the repository left the content out. */
  readonly bytes?: number;
}

/** A file of a folder, by its path in the folder; or why the entry can be no file of a skill. */
export type FolderEntry =
  | { readonly path: string; readonly entry: TreeEntry }
  | { readonly path: string; readonly reason: string };

/** A path without links, or why there is none. */
type Resolved = { readonly path: string } | { readonly reason: string };

export interface CommitTree {
  /** The outermost folders with a SKILL.md at or below a folder, in path order. */
  skillsBelow(folder: string): readonly string[];
  /** All entries of a folder, in path order. */
  entriesOf(folder: string): readonly FolderEntry[];
  /** The file at a path. */
  file(path: string): TreeEntry | undefined;
}

/**
 * @param listing of `git ls-tree -r -z -l`
 * @param linkTargets texts of the links, by the hash of the link
 */
export function makeCommitTree(
  entries: ReadonlyMap<string, TreeEntry>,
  linkTargets: ReadonlyMap<string, string>,
): CommitTree {
  const folders = foldersOf(entries);
  const resolve = (path: string): Resolved => resolvePath(path, entries, linkTargets);
  const isFolder = (path: string): boolean => folders.has(path);
  const tree: Tree = { entries, folders, resolve, isFolder };
  return {
    skillsBelow: (folder) => skillsBelow(tree, folder),
    entriesOf: (folder) => entriesOf(tree, folder),
    file: (path) => {
      const found = resolve(path);
      const entry = 'path' in found ? entries.get(found.path) : undefined;
      return entry?.kind === 'file' ? entry : undefined;
    },
  };
}

/** Parses `git ls-tree -r -z -l`. @throws Problem `git-too-large` */
export function parseTreeListing(listing: string): Map<string, TreeEntry> {
  const entries = new Map<string, TreeEntry>();
  for (const row of listing.split('\0')) {
    const [, mode, hash, size, path] =
      /^(\d{6}) (?:blob|commit) ([0-9a-f]+) +(\S+)\t(.+)$/s.exec(row) ?? [];
    if (mode === undefined || hash === undefined || path === undefined) continue;
    if (entries.size >= treeEntriesMax)
      throw new Problem(
        'git-too-large',
        `Cannot read the commit: it has more than ${treeEntriesMax} files`,
      );
    const bytes = /^\d+$/.test(size ?? '') ? { bytes: Number(size) } : {};
    entries.set(path, {
      kind: kindOf(mode),
      hash,
      mode: mode === '100755' ? 0o755 : 0o644,
      ...bytes,
    });
  }
  return entries;
}

function kindOf(mode: string): TreeEntry['kind'] {
  if (mode === '120000') return 'link';
  return mode === '160000' ? 'module' : 'file';
}

interface Tree {
  readonly entries: ReadonlyMap<string, TreeEntry>;
  /** Names in each folder; the top folder is the empty text. */
  readonly folders: ReadonlyMap<string, ReadonlySet<string>>;
  readonly resolve: (path: string) => Resolved;
  readonly isFolder: (path: string) => boolean;
}

function foldersOf(entries: ReadonlyMap<string, TreeEntry>): Map<string, Set<string>> {
  const folders = new Map<string, Set<string>>([['', new Set()]]);
  for (const path of entries.keys()) {
    let child = path;
    for (let isNew = true; isNew && child !== ''; ) {
      const parent = posix.dirname(child) === '.' ? '' : posix.dirname(child);
      const names = folders.get(parent);
      isNew = names === undefined;
      (names ?? setIn(folders, parent)).add(posix.basename(child));
      child = parent;
    }
  }
  return folders;
}

function setIn(folders: Map<string, Set<string>>, folder: string): Set<string> {
  const names = new Set<string>();
  folders.set(folder, names);
  return names;
}

const inner = (folder: string, name: string): string =>
  folder === '' ? name : `${folder}/${name}`;

function namesIn({ folders }: Tree, folder: string): string[] {
  return [...(folders.get(folder) ?? [])].sort((a, b) =>
    Buffer.compare(Buffer.from(a), Buffer.from(b)),
  );
}

// A folder that a link names is found as itself where it is below the folder, too: two clients that
// link to the same skills bring each skill once.
function skillsBelow(tree: Tree, start: string): string[] {
  const top = tree.resolve(start);
  if ('reason' in top || !tree.isFolder(top.path)) return [];
  const found: string[] = [];
  const seen = new Set<string>();
  const links: { readonly path: string; readonly depth: number }[] = [];
  const walk = (path: string, real: string, depth: number): void => {
    if (seen.has(real) || depth > folderDepthMax) return;
    seen.add(real);
    const names = namesIn(tree, real);
    if (names.includes('SKILL.md')) {
      found.push(path);
      return;
    }
    const before = found.length;
    for (const name of names) {
      const child = inner(real, name);
      if (tree.isFolder(child)) walk(inner(path, name), child, depth + 1);
      else if (tree.entries.get(child)?.kind === 'link')
        links.push({ path: inner(path, name), depth: depth + 1 });
    }
    // Above skills, such a file is a page about them.
    if (names.includes('skill.md') && found.length === before) found.push(path);
  };
  walk(start, top.path, 0);
  for (let link = links.shift(); link !== undefined; link = links.shift()) {
    const target = tree.resolve(link.path);
    if ('path' in target && tree.isFolder(target.path)) walk(link.path, target.path, link.depth);
  }
  return found.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
}

function entriesOf(tree: Tree, folder: string): FolderEntry[] {
  const found: FolderEntry[] = [];
  const top = tree.resolve(folder);
  if ('reason' in top) return [{ path: '', reason: top.reason }];
  let left = treeEntriesMax;
  const walk = (path: string, real: string, above: readonly string[]): void => {
    for (const name of namesIn(tree, real)) {
      const at = inner(path, name);
      if (--left < 0)
        throw new Problem(
          'git-too-large',
          `Cannot read ${JSON.stringify(folder)}: its links make more than ${treeEntriesMax} files`,
        );
      const target = tree.resolve(inner(real, name));
      if ('reason' in target) found.push({ path: at, reason: target.reason });
      else if (tree.isFolder(target.path)) {
        if (
          isWithin(real, target.path) ||
          above.includes(target.path) ||
          above.length > folderDepthMax
        )
          found.push({ path: at, reason: 'is a symbolic link to a folder that has the link' });
        else walk(at, target.path, [...above, real]);
      } else found.push(fileAt(tree, at, target.path));
    }
  };
  walk('', top.path, []);
  return found;
}

function isWithin(path: string, folder: string): boolean {
  return folder === '' || path === folder || path.startsWith(`${folder}/`);
}

function fileAt({ entries }: Tree, path: string, real: string): FolderEntry {
  const entry = entries.get(real);
  if (path.includes('\ufffd')) return { path, reason: 'has a name that is not UTF-8' };
  if (entry?.kind === 'module') return { path, reason: 'is a submodule: another repository' };
  if (entry === undefined) return { path, reason: 'is a symbolic link to nothing' };
  return { path, entry };
}

/** Follows the links in a path, one name after another, as the kernel does. */
function resolvePath(
  path: string,
  entries: ReadonlyMap<string, TreeEntry>,
  linkTargets: ReadonlyMap<string, string>,
): Resolved {
  const done: string[] = [];
  const waiting = path.split('/').filter((name) => name !== '');
  for (let steps = 0; waiting.length > 0; ) {
    const name = waiting.shift() ?? '';
    if (name === '.') continue;
    if (name === '..') {
      if (done.pop() === undefined)
        return { reason: 'is a symbolic link that leaves the repository' };
      continue;
    }
    const entry = entries.get([...done, name].join('/'));
    if (entry?.kind !== 'link') {
      done.push(name);
      continue;
    }
    const target = linkTargets.get(entry.hash);
    if (++steps > linkStepsMax || target === undefined)
      return { reason: 'is a symbolic link that cannot be followed' };
    if (target.startsWith('/')) return { reason: 'is a symbolic link that leaves the repository' };
    waiting.unshift(...target.split('/').filter((part) => part !== ''));
  }
  return { path: done.join('/') };
}
