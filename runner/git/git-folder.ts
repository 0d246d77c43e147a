/**
 * Opens git's own folder of a work tree, by descriptor: `.git` itself, or the folder that the
 * `.git` file of a linked work tree or of a submodule names.
 */
import * as fs from 'node:fs';
import { posix } from 'node:path';
import { Problem } from '../../skills-index/skill/problem.ts';
import { shellWord } from '../../skills-index/skill/text/shell-word.ts';
import { requireOwner } from '../files/ownership.ts';
import { readBelow } from '../files/read-below.ts';
import type { GitFolder } from './committed-paths.ts';

const smallFileBytesMax = 64 * 1024;

export interface OpenFolder {
  readonly path: string;
  readonly descriptor: number;
  close(): void;
}

export type OpenGit = GitFolder & OpenFolder;

/**
 * Opens git's own folder of the work tree at a path below a mount; undefined where there is none.
 * @throws Error for another user's folder; Problem `plan-refused` for a `.git` that leads elsewhere
 */
export function openRepository(
  root: string,
  path: string,
  owner: GitFolder['owner'],
): OpenGit | undefined {
  const workTree = openFolder(root, path);
  if (workTree === undefined) return undefined;
  try {
    const at = `${workTree.path}/.git`;
    const stats = fs.lstatSync(at, { throwIfNoEntry: false });
    if (stats === undefined) return undefined;
    if (stats.isDirectory()) return { ...openOwned(workTree.path, '.git', owner), owner };
    const [, target = ''] = /^gitdir: (.+)$/s.exec(textOf(workTree, '.git')) ?? [];
    const inside = posix.join(path, target);
    if (path === '') return openLinked(workTree, target, owner);
    // The repositories of submodules lie in the folder of the repository above.
    if (/^(?:[^/]+\/)*?\.git\/modules\/./.test(inside) && !inside.startsWith('../'))
      return { ...openOwned(root, inside, owner), owner };
    throw new Error('its .git is no folder');
  } finally {
    workTree.close();
  }
}

// A stranger's `.git` file can name any folder. Only a repository knows its work trees: git writes
// their paths there, and a stranger cannot.
function openLinked(workTree: OpenFolder, target: string, owner: GitFolder['owner']): OpenGit {
  const where = fs.readlinkSync(workTree.path);
  const path = posix.resolve(where, target);
  const [, common = '', name = ''] = /^(\/.+)\/(worktrees\/[^/]+)$/s.exec(path) ?? [];
  const git = common === '' ? undefined : openIfOwned('/', common.slice(1), owner);
  const own = git && openIfOwned(git.path, name, owner);
  try {
    const back = posix.resolve(path, own === undefined ? '' : textOf(own, 'gitdir'));
    if (
      git === undefined ||
      own === undefined ||
      textOf(own, 'commondir') !== '../..' ||
      posix.basename(back) !== '.git' ||
      !isAt(workTree, posix.dirname(back))
    )
      throw whyNotHandedOver(
        where,
        'its .git is no folder, and names no repository of the same owner that knows this work tree',
        `in its repository: git worktree repair ${shellWord(where)}; or name the folder of a git clone. Of a submodule, name the repository above`,
      );
    if (fs.existsSync(`${own.path}/modules`))
      throw whyNotHandedOver(
        where,
        'it is a linked work tree with submodules, whose repositories lie elsewhere',
        `git clone --recurse-submodules ${shellWord(where)} DIR   (then name DIR)`,
      );
    return { ...git, gitFolder: name, owner };
  } catch (cause) {
    git?.close();
    throw cause;
  } finally {
    own?.close();
  }
}

function isAt({ descriptor }: OpenFolder, path: string): boolean {
  const there = openFolder('/', path.slice(1));
  if (there === undefined) return false;
  const [one, other] = [descriptor, there.descriptor].map((at) => fs.fstatSync(at));
  there.close();
  return one?.dev === other?.dev && one?.ino === other?.ino;
}

/** The text of a small file of git, without the line's end; empty for anything else. */
export function textOf({ path }: Pick<OpenFolder, 'path'>, file: string): string {
  return Buffer.from(readBelow(path, file, smallFileBytesMax) ?? '')
    .toString()
    .trimEnd();
}

/** Why a workspace of this kind cannot be handed over, with the way out. */
export function whyNotHandedOver(where: string, why: string, hint: string): Problem {
  return new Problem('plan-refused', `Cannot hand over commits of ${where}: ${why}`, { hint });
}

/** Opens a folder below another without following links, and never one above. */
export function openFolder(root: string, path: string): OpenFolder | undefined {
  // The paths of submodules stand in an index, which a stranger may have made.
  if (path.split('/').includes('..')) return undefined;
  const flags = fs.constants.O_RDONLY | fs.constants.O_DIRECTORY;
  let descriptor = fs.openSync(`${root}/.`, flags);
  for (const part of path === '' ? [] : path.split('/')) {
    const above = descriptor;
    try {
      descriptor = fs.openSync(`/proc/self/fd/${above}/${part}`, flags | fs.constants.O_NOFOLLOW);
    } catch {
      return undefined;
    } finally {
      fs.closeSync(above);
    }
  }
  const close = (): void => fs.closeSync(descriptor);
  return { path: `/proc/self/fd/${descriptor}`, descriptor, close };
}

/**
 * Opens a folder of this owner: git would write through links that another user put into it.
 * @throws Error
 */
export function openOwned(root: string, path: string, owner: GitFolder['owner']): OpenFolder {
  const found = openFolder(root, path);
  if (found === undefined) throw new Error(`${path} is no folder that the runner can open`);
  try {
    requireOwner(new Set([owner.uid]), fs.fstatSync(found.descriptor));
    return found;
  } catch (cause) {
    found.close();
    throw cause;
  }
}

function openIfOwned(...given: Parameters<typeof openOwned>): OpenFolder | undefined {
  try {
    return openOwned(...given);
  } catch {
    return undefined;
  }
}
