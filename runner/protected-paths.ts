/** Paths that a host or an agent executes or obeys: read-only inside every writable mount. */
import { lstatSync, readdirSync, realpathSync } from 'node:fs';
import { relative } from 'node:path';
import { Problem } from '../skills-index/skill/problem.ts';
import { protectedPathsMax } from './limits.ts';

interface ProtectedName {
  readonly kind: 'file' | 'folder';
  /** Where it is absent: held shut by an empty one for the time of the run, or removed afterwards. */
  readonly absent: 'placeholder' | 'removed';
}

/** By the name itself; in any folder of a mount, held shut only at its top. */
export const protectedNames: Readonly<Record<string, ProtectedName>> = {
  '.git': { kind: 'folder', absent: 'placeholder' },
  '.claude': { kind: 'folder', absent: 'placeholder' },
  '.vscode': { kind: 'folder', absent: 'placeholder' },
  'AGENTS.md': { kind: 'file', absent: 'placeholder' },
  'CLAUDE.md': { kind: 'file', absent: 'placeholder' },
  '.mcp.json': { kind: 'file', absent: 'placeholder' },
  '.envrc': { kind: 'file', absent: 'placeholder' },
  'package.json': { kind: 'file', absent: 'placeholder' },
  '.agents': { kind: 'folder', absent: 'removed' },
  '.codex': { kind: 'folder', absent: 'removed' },
  '.cursor': { kind: 'folder', absent: 'removed' },
  '.devcontainer': { kind: 'folder', absent: 'removed' },
  '.gemini': { kind: 'folder', absent: 'removed' },
  '.github': { kind: 'folder', absent: 'removed' },
  '.husky': { kind: 'folder', absent: 'removed' },
  '.idea': { kind: 'folder', absent: 'removed' },
  'CLAUDE.local.md': { kind: 'file', absent: 'removed' },
  'GEMINI.md': { kind: 'file', absent: 'removed' },
  '.bash_profile': { kind: 'file', absent: 'removed' },
  '.bashrc': { kind: 'file', absent: 'removed' },
  '.cursorrules': { kind: 'file', absent: 'removed' },
  '.gitconfig': { kind: 'file', absent: 'removed' },
  '.gitmodules': { kind: 'file', absent: 'removed' },
  '.npmrc': { kind: 'file', absent: 'removed' },
  '.pre-commit-config.yaml': { kind: 'file', absent: 'removed' },
  '.profile': { kind: 'file', absent: 'removed' },
  '.windsurfrules': { kind: 'file', absent: 'removed' },
  '.zshenv': { kind: 'file', absent: 'removed' },
  '.zshrc': { kind: 'file', absent: 'removed' },
};

// A repository is worked in; what git runs or reads as configuration is not written.
const protectedInGit = ['hooks', 'config', 'config.worktree', 'info', 'modules'];

/** One line for the sandbox, in the order to mount in. Paths are relative to the mount. */
export interface ProtectedPath {
  readonly path: string;
  /**
   * `shut`: there, bound read-only. `file`, `folder`: not there, an empty one is put there for the run.
   * `pinned`: bound over itself, so that it cannot be renamed away with what is shut inside it.
   */
  readonly kind: 'shut' | 'file' | 'folder' | 'pinned';
}

/**
 * What has to be protected in a folder.
 * @param root the folder
 * @param entries paths of all its entries, relative to it
 * @throws Problem `plan-refused` when it is more than a sandbox can hold shut
 */
export function findProtected(root: string, entries: Iterable<string>): ProtectedPath[] {
  const shut = [...entries].filter(isProtectedEntry).flatMap((path) => shutAt(root, path));
  const absent = Object.entries(protectedNames)
    .filter(([name, { absent: how }]) => how === 'placeholder' && !exists(`${root}/${name}`))
    .map(([name, { kind }]): ProtectedPath => ({ path: name, kind }));
  const once = [...new Map(shut.map((one) => [one.path, one])).values()];
  const pinned = new Set(once.flatMap(({ path }) => foldersAbove(path)));
  if (once.length + pinned.size > protectedPathsMax) {
    throw new Problem('plan-refused', `A writable mount has ${once.length} paths to protect; at most ${protectedPathsMax}`, {
      hint: 'Bind the workspace to a smaller folder, or ask for it read-only.',
    });
  }
  return [...[...pinned].sort().map((path): ProtectedPath => ({ path, kind: 'pinned' })), ...once, ...absent];
}

/** Whether a path is one that hosts or agents obey. Packages that were installed into the workspace bring their own by the thousand. */
export function isProtectedEntry(path: string): boolean {
  const parts = path.split('/');
  const name = parts.at(-1) ?? '';
  return (
    Object.hasOwn(protectedNames, name) &&
    !parts.includes('node_modules') &&
    !parts.slice(0, -1).some((part) => Object.hasOwn(protectedNames, part))
  );
}

// A link cannot be mounted over: what it leads to is shut, where that is in the mount, and the link itself is restored afterwards.
function shutAt(root: string, path: string): ProtectedPath[] {
  const found = lstatSync(`${root}/${path}`);
  if (!found.isSymbolicLink()) {
    const git = (path === '.git' || path.endsWith('/.git')) && found.isDirectory();
    return git ? insideGit(root, path) : [{ path, kind: 'shut' }];
  }
  const target = relative(realpathSync(root), realOf(`${root}/${path}`));
  return target === '' || target.startsWith('..') ? [] : [{ path: target, kind: 'shut' }];
}

function realOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return '/';
  }
}

function insideGit(root: string, path: string): ProtectedPath[] {
  const there = new Set(readdirSync(`${root}/${path}`));
  return protectedInGit.map((name) => ({
    path: `${path}/${name}`,
    kind: there.has(name) ? 'shut' : name.startsWith('config') ? 'file' : 'folder',
  }));
}

function foldersAbove(path: string): string[] {
  const parts = path.split('/').slice(0, -1);
  return parts.map((_, i) => parts.slice(0, i + 1).join('/'));
}

function exists(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}
