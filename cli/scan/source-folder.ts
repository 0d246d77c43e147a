/**
 * Reads a skill's folder. A link is followed only to what git tracks in the skill's repository, and
 * special files are never opened. Every entry that is left out is listed with its reason.
 */

import { createHash } from 'node:crypto';
import { constants, type Dirent } from 'node:fs';
import { type FileHandle, lstat, open, readdir, realpath } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import type { UnreadEntry } from '../../scanner/scan.ts';
import { sourceOfByteCode } from '../../skills-index/skill/authoring/byte-code.ts';
import { withBundlePaths } from '../../skills-index/skill/authoring/format-names.ts';
import {
  bundleBytesMax,
  bundleFileBytesMax,
  bundleFilesMax,
  type SourceFile,
} from '../../skills-index/skill/bundle.ts';
import type { Digest } from '../../skills-index/skill/digest.ts';
import { Problem, type Reason } from '../../skills-index/skill/problem.ts';
import type { Environment } from '../git/bounded-git.ts';
import { folderDepthMax, folderEntriesMax, type WorkTree, workTreeOf } from '../git/commit-tree.ts';

/** Listed entries that cannot be part of a skill; further entries are counted. */
export const folderReasonsMax = 200;

/**
 * Bytes of files that are too large or too many for a skill and are read only for their digests.
 */
export const unreadHashBytesMax = 256 * 1024 * 1024;

export interface SkillFolder {
  /** By path, in byte order. */
  readonly files: readonly SourceFile[];
  /** Entries that cannot be files of a skill. */
  readonly unread: readonly UnreadEntry[];
  /** The number of further such entries, which are not opened. */
  readonly unlisted: number;
  /** Left out on purpose: `.git`, and of a bundle also byte code beside its source. */
  readonly skipped: readonly string[];
}

/**
 * Reads all files of a skill, as an installer copies them.
 * @param links which links are followed
 * @throws Problem `file-not-found`, `bundle-invalid` for a folder with too many entries
 */
export async function readSkillFolder(
  folder: string,
  env: Environment = process.env,
  links: LinkFollower = linkFollower(folder, env),
): Promise<SkillFolder> {
  await requireFolder(folder);
  const files: SourceFile[] = [];
  const unread: UnreadEntry[] = [];
  const skipped: string[] = [];
  let bytes = 0;
  let unlisted = 0;
  const budget = { bytesLeft: unreadHashBytesMax };
  for await (const { path, real, what } of entriesBelow(folder, links)) {
    if (what === 'git') skipped.push(path);
    else if (
      unread.length >= folderReasonsMax &&
      (what !== 'file' || files.length >= bundleFilesMax)
    )
      unlisted++;
    else if (what !== 'file') unread.push({ path, reason: what.unread });
    else {
      const isBeyond = files.length >= bundleFilesMax;
      const read = await readPlainFile(real, {
        bytesLeft: bundleBytesMax - bytes,
        isBeyond,
        budget,
      });
      if ('reason' in read && unread.length >= folderReasonsMax) unlisted++;
      else if ('reason' in read) unread.push({ path, ...read });
      else {
        files.push({ path, ...read });
        bytes += read.bytes.byteLength;
      }
    }
  }
  return {
    files: withBundlePaths(files).sort((a, b) =>
      Buffer.compare(Buffer.from(a.path), Buffer.from(b.path)),
    ),
    unread,
    unlisted,
    skipped,
  };
}

/**
 * Leaves out of a bundle what Python makes again from a source of the skill. A scan of the folder
 * keeps it: whoever uses the folder as it lies runs it in the place of its source.
 */
export function withoutByteCode(found: SkillFolder): SkillFolder {
  const paths = new Set(found.files.map(({ path }) => path));
  const isMade = ({ path }: SourceFile): boolean => paths.has(sourceOfByteCode(path) ?? '');
  const made = found.files.filter(isMade).map(({ path }) => path);
  return {
    ...found,
    files: found.files.filter((file) => !isMade(file)),
    skipped: [...found.skipped, ...made],
  };
}

/** What is said of a skipped entry. */
export function whySkipped(path: string): string {
  const source = sourceOfByteCode(path);
  return source === undefined ? 'a file of git' : `Python makes it again from ${source}`;
}

/**
 * Reads a folder to pack it, like `readSkillFolder`, but without byte code, and refuses the whole
 * folder for any entry that cannot be packed.
 * @param command the command that the user typed, for the help
 * @throws Problem `file-not-found`, `skill-md-missing`, `bundle-invalid` with every reason
 */
export async function readWholeSkill(folder: string, command?: string): Promise<SkillFolder> {
  return requireWhole(withoutByteCode(await readSkillFolder(folder)), folder, command);
}

/**
 * Refuses files for any entry that cannot be packed.
 * @param folder for the message
 * @throws Problem `skill-md-missing`, `bundle-invalid` with every reason
 */
export function requireWhole(found: SkillFolder, folder: string, command?: string): SkillFolder {
  const reasons = found.unread.map(
    ({ path, reason }): Reason => ({ message: `${JSON.stringify(path)} ${reason}` }),
  );
  if (reasons.length > 0)
    throw new Problem(
      'bundle-invalid',
      `Cannot take ${JSON.stringify(folder)}: ${reasons.length === 1 ? reasons[0]?.message : `${reasons.length + found.unlisted} entries cannot be in a skill`}`,
      { reasons },
    );
  if (!found.files.some((file) => file.path === 'SKILL.md')) {
    const other = found.files.find((file) => file.path.toLowerCase() === 'skill.md')?.path;
    const what = other === undefined ? 'it has no SKILL.md' : `its SKILL.md is called ${other}`;
    const next =
      other === undefined
        ? `Write SKILL.md, type skillgate init, or name the skill’s folder: skillgate ${command} DIR`
        : `Rename ${other} to SKILL.md`;
    throw new Problem(
      'skill-md-missing',
      `Cannot take ${JSON.stringify(folder)}: ${what}`,
      command === undefined ? {} : { hint: next },
    );
  }
  return found;
}

interface Entry {
  readonly path: string;
  /** Where the entry lies, which a link may name. */
  readonly real: string;
  readonly what: 'file' | 'git' | { readonly unread: string };
}

interface WaitingFolder {
  readonly path: string;
  readonly depth: number;
  readonly real: string;
  /** Whether a link leads here: then only files that git tracks belong to the skill. */
  readonly isLinked: boolean;
}

async function* entriesBelow(folder: string, links: LinkFollower): AsyncGenerator<Entry> {
  const waiting: WaitingFolder[] = [{ path: '', depth: 0, real: folder, isLinked: false }];
  let left = folderEntriesMax;
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    let entries: Dirent<Buffer>[];
    try {
      entries = await readdir(next.real, { withFileTypes: true, encoding: 'buffer' });
    } catch (cause) {
      if (next.path === '') throw cause;
      const unread = `cannot be read (${codeOf(cause)})`;
      yield { path: next.path, real: next.real, what: { unread } };
      continue;
    }
    left -= entries.length;
    if (left < 0 || next.depth > folderDepthMax) throw endless(folder);
    for (const entry of entries) {
      const name = utf8(entry.name);
      const path = next.path === '' ? (name ?? '') : `${next.path}/${name}`;
      const real = join(next.real, name ?? '');
      if (name === undefined)
        yield {
          path: `${next.path}/${entry.name.toString('latin1')}`,
          real,
          what: { unread: 'has a name that is not UTF-8' },
        };
      else if (name === '.git') yield { path, real, what: 'git' };
      else if (entry.isDirectory())
        waiting.push({ path, depth: next.depth + 1, real, isLinked: next.isLinked });
      else if (entry.isSymbolicLink()) {
        const target = await links.follow(real);
        if (target.kind === 'none') yield { path, real, what: { unread: target.reason } };
        else if (target.kind === 'file') yield { path, real: target.path, what: 'file' };
        else if (await holds(target.path, real))
          yield {
            path,
            real,
            what: { unread: 'is a symbolic link to a folder that has the link' },
          };
        else waiting.push({ path, depth: next.depth + 1, real: target.path, isLinked: true });
      } else if (next.isLinked && !(await links.isTracked(real)))
        yield { path, real, what: { unread: 'is reached by a link, and git does not track it' } };
      else yield { path, real, what: whatIs(entry) };
    }
  }
}

async function holds(folder: string, link: string): Promise<boolean> {
  const inside = relative(folder, await realpath(dirname(link)));
  return inside === '' || !inside.startsWith('..');
}

function whatIs(entry: Dirent<Buffer>): Entry['what'] {
  if (entry.isFile()) return 'file';
  if (entry.isFIFO()) return { unread: 'is a named pipe' };
  if (entry.isSocket()) return { unread: 'is a socket' };
  return { unread: 'is a device or another special file' };
}

/** What the files before a file leave for it. */
interface SkillLimits {
  /** Of the skill as a whole. */
  readonly bytesLeft: number;
  /** Whether the skill already has the maximum number of files. */
  readonly isBeyond: boolean;
}

interface ReadLimits extends SkillLimits {
  readonly budget: HashBudget;
}

// Opened without following a link or waiting on a pipe, then checked again, because the entry may
// have been swapped after listing.
async function readPlainFile(
  path: string,
  limits: ReadLimits,
): Promise<Pick<SourceFile, 'bytes' | 'mode'> | Omit<UnreadEntry, 'path'>> {
  let file: Awaited<ReturnType<typeof open>>;
  try {
    file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (cause) {
    return {
      reason:
        codeOf(cause) === 'ELOOP' ? 'is a symbolic link' : `cannot be read (${codeOf(cause)})`,
    };
  }
  try {
    const { size, mode } = await file
      .stat()
      .then((stat) => (stat.isFile() ? stat : { size: -1, mode: 0 }));
    if (size < 0) return { reason: 'is no plain file' };
    const reason = overLimit(size, limits);
    if (reason !== undefined)
      return await describeUnread(file, size, { reason, budget: limits.budget });
    const bytes = Buffer.alloc(size);
    const { bytesRead } = await file.read(bytes, 0, size, 0);
    if (bytesRead !== size) return { reason: 'changed while it was read', bytes: size };
    return { bytes, mode: mode & 0o7777 };
  } catch (cause) {
    return { reason: `cannot be read (${codeOf(cause)})` };
  } finally {
    await file.close();
  }
}

/** Why a file of this size cannot be in a skill, if so. */
export function overLimit(size: number, { bytesLeft, isBeyond }: SkillLimits): string | undefined {
  if (isBeyond) return `is one of more than ${bundleFilesMax} files`;
  if (size > bundleFileBytesMax) return `has ${size} bytes; at most ${bundleFileBytesMax}`;
  return size > bytesLeft ? `brings the skill over ${bundleBytesMax} bytes in all` : undefined;
}

/** @throws Problem `file-not-found` */
export async function requireFolder(path: string): Promise<void> {
  const stat = await lstat(resolve(path, '.')).catch(() => undefined);
  const followed =
    stat?.isSymbolicLink() === true ? await lstat(join(path, '.')).catch(() => undefined) : stat;
  if (followed === undefined)
    throw new Problem('file-not-found', `There is no ${JSON.stringify(path)}`);
  if (!followed.isDirectory())
    throw new Problem('file-not-found', `${JSON.stringify(path)} is not a folder`, {
      hint: 'name the folder that holds SKILL.md',
    });
}

/** The refusal of a folder that has too many entries, or is too deep. */
export function endless(folder: string): Problem {
  return new Problem(
    'bundle-invalid',
    `Cannot take ${JSON.stringify(folder)}: more than ${folderEntriesMax} entries or ${folderDepthMax} folders deep`,
    { hint: 'name the folder that holds SKILL.md, or delete what does not belong to the skill' },
  );
}

function utf8(name: Buffer): string | undefined {
  const text = name.toString('utf8');
  return Buffer.from(text).equals(name) ? text : undefined;
}

function codeOf(cause: unknown): string {
  return (cause as NodeJS.ErrnoException).code ?? String(cause);
}

// Follows symbolic links of a skill inside its git repository: to files that git tracks, and to
// folders of such files. A link to anything else stays a link, or a stranger's skill could bring
// a secret of the repository's owner into a bundle.

/** Where a link leads, without links; or why it is not followed. */
type LinkTarget =
  | { readonly kind: 'file' | 'folder'; readonly path: string }
  | { readonly kind: 'none'; readonly reason: string };

export interface LinkFollower {
  readonly follow: (link: string) => Promise<LinkTarget>;
  /** Whether git tracks the file at a path without links. */
  readonly isTracked: (path: string) => Promise<boolean>;
}

/** Asks git at the first link only: most skills have none. */
export function linkFollower(folder: string, env: Environment): LinkFollower {
  let found: Promise<WorkTree | undefined> | undefined;
  const tree = (): Promise<WorkTree | undefined> => (found ??= workTreeOf(folder, env));
  return {
    follow: async (link) => followIn(await tree(), link),
    isTracked: async (path) => {
      const known = await tree();
      return known?.tracked.has(pathIn(known, path)) === true;
    },
  };
}

const plain: LinkTarget = { kind: 'none', reason: 'is a symbolic link' };

/** For folders that another program copies: nobody knows what it makes of a link. */
export const noLinks: LinkFollower = {
  follow: async () => plain,
  isTracked: async () => false,
};

async function followIn(tree: WorkTree | undefined, link: string): Promise<LinkTarget> {
  if (tree === undefined) return plain;
  const path = await realpath(link).catch(() => undefined);
  if (path === undefined) return { kind: 'none', reason: 'is a symbolic link to nothing' };
  const inside = pathIn(tree, path);
  if (inside === '..' || inside.startsWith('../'))
    return { kind: 'none', reason: 'is a symbolic link that leaves the repository' };
  const isFolder = (await lstat(path)).isDirectory();
  if (!isFolder && tree.tracked.has(inside)) return { kind: 'file', path };
  const head = inside === '' ? '' : `${inside}/`;
  if (isFolder && [...tree.tracked].some((one) => one.startsWith(head)))
    return { kind: 'folder', path };
  return { kind: 'none', reason: 'is a symbolic link to what git does not track' };
}

function pathIn({ top }: WorkTree, path: string): string {
  return relative(top, path).split(sep).join('/');
}

// The entry for a file that is left out of a skill: its size and digest, read as a stream and never
// in memory as a whole.

/** Bytes that may still be read only for digests. */
interface HashBudget {
  bytesLeft: number;
}

/**
 * @param size size of the open file. A file over the budget gets no digest, and the reason says so
 */
async function describeUnread(
  file: FileHandle,
  size: number,
  { reason, budget }: { readonly reason: string; readonly budget: HashBudget },
): Promise<Omit<UnreadEntry, 'path'>> {
  if (size > budget.bytesLeft) return { reason: `${reason}; too large to be hashed`, bytes: size };
  budget.bytesLeft -= size;
  const hash = createHash('sha256');
  let bytes = 0;
  // At most the size at the start, because a growing file has no end.
  if (size > 0) {
    for await (const part of file.createReadStream({ start: 0, end: size - 1, autoClose: false })) {
      hash.update(part);
      bytes += part.length;
    }
  }
  if (bytes !== size) return { reason: `${reason}; changed while it was hashed`, bytes: size };
  return { reason, bytes, sha256: `sha256:${hash.digest('hex')}` as Digest };
}
