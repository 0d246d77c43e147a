/** Paths that a host or an agent executes or obeys: read-only inside every writable mount. */
import { existsSync, lstatSync, readdirSync, realpathSync } from 'node:fs';
import { relative } from 'node:path';
import { Problem } from '../skills-index/skill/problem.ts';
import { protectedPathsMax } from './limits.ts';

/** Where they are absent at the top of a mount, an empty one stands for the time of the run. A slash at the end says folder. */
const heldShut = '.git/ .claude/ .vscode/ AGENTS.md CLAUDE.md .mcp.json .envrc package.json'.split(' ');

/** Shut where they are there; removed after the run where they are new. */
const others =
  '.agents/ .codex/ .cursor/ .devcontainer/ .gemini/ .github/ .husky/ .idea/ CLAUDE.local.md GEMINI.md .bash_profile .bashrc .cursorrules .gitconfig .gitmodules .npmrc .pre-commit-config.yaml .profile .windsurfrules .zshenv .zshrc';

/** A repository is worked in; what git runs or reads as configuration is not written. */
const heldShutInGit = 'hooks/ info/ modules/ config config.worktree'.split(' ');

const names = new Set([...heldShut, ...others.split(' ')].map((name) => name.replace('/', '')));

/** One line for the sandbox, in the order to mount in. Paths are relative to the mount. */
export interface ProtectedPath {
  readonly path: string;
  /**
   * `shut`: there, bound read-only. `file`, `folder`: not there, an empty one is put there for the run.
   * `pinned`: bound over itself, so that it cannot be renamed away with what is shut inside it.
   */
  readonly kind: 'shut' | 'file' | 'folder' | 'pinned';
}

/** Whether a path is one that hosts or agents obey. Packages that were installed into the workspace bring their own by the thousand. */
export function isProtectedEntry(path: string): boolean {
  const above = path.split('/');
  return names.has(above.pop() ?? '') && !above.some((part) => part === 'node_modules' || names.has(part));
}

/**
 * What has to be protected in a folder.
 * @param root the folder
 * @param entries paths of all its entries, relative to it
 * @throws Problem `plan-refused` when it is more than a sandbox can hold shut
 */
export function findProtected(root: string, entries: Iterable<string>): ProtectedPath[] {
  const found = [
    ...heldShut.flatMap((name) => absent(root, name)),
    ...[...entries].filter(isProtectedEntry).flatMap((path) => there(root, path)),
  ];
  const pinned = new Set(found.flatMap(({ path }) => foldersAbove(path)));
  if (found.length + pinned.size > protectedPathsMax) {
    throw new Problem('plan-refused', `A writable mount has ${found.length} paths to protect; at most ${protectedPathsMax}`);
  }
  return [
    ...[...pinned].sort().map((path) => ({ path, kind: 'pinned' }) as const),
    ...new Map(found.map((one) => [one.path, one])).values(),
  ];
}

function absent(root: string, name: string): ProtectedPath[] {
  const path = name.replace(/\/$/, '');
  if (lstatSync(`${root}/${path}`, { throwIfNoEntry: false }) !== undefined) return [];
  return [{ path, kind: path === name ? 'file' : 'folder' }];
}

function there(root: string, path: string): ProtectedPath[] {
  const full = `${root}/${path}`;
  const found = lstatSync(full);
  if (found.isDirectory() && path.split('/').at(-1) === '.git') {
    const inside = readdirSync(full).filter((name) => heldShutInGit.some((one) => one.replace('/', '') === name));
    return [
      ...inside.map((name) => ({ path: `${path}/${name}`, kind: 'shut' }) as const),
      ...heldShutInGit.flatMap((name) => absent(root, `${path}/${name}`)),
    ];
  }
  if (!found.isSymbolicLink()) return [{ path, kind: 'shut' }];
  // A link cannot be mounted over: what it leads to is shut, where that is in the mount, and the link itself is restored afterwards.
  const target = existsSync(full) ? relative(realpathSync(root), realpathSync(full)) : '';
  return target === '' || target.startsWith('..') ? [] : [{ path: target, kind: 'shut' }];
}

function foldersAbove(path: string): string[] {
  const parts = path.split('/').slice(0, -1);
  return parts.map((_, i) => parts.slice(0, i + 1).join('/'));
}
