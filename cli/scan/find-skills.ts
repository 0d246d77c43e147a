/** Finds the folders of skills below a path. */
import { lstat, readdir, readFile, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { bundleFileBytesMax } from '../../skills-index/skill/bundle.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import type { Environment } from '../git/bounded-git.ts';
import { folderDepthMax, folderEntriesMax } from '../git/commit-tree.ts';
import { endless, type LinkFollower, linkFollower, requireFolder } from './source-folder.ts';

/**
 * Whether a folder is a skill. Some programs read `skill.md`, too, and where names in other case
 * are the same file, every program does. Such a file counts when it begins as SKILL.md does.
 * @param names of the folder's entries
 */
export async function isSkillFolder(folder: string, names: readonly string[]): Promise<boolean> {
  if (names.includes('SKILL.md')) return true;
  for (const name of names.filter((one) => one.toLowerCase() === 'skill.md'))
    if (await mayBeSkillMd(join(folder, name))) return true;
  return false;
}

async function mayBeSkillMd(path: string): Promise<boolean> {
  const found = await lstat(path).catch(() => undefined);
  if (found?.isFile() !== true || found.size > bundleFileBytesMax) return true;
  return (await readFile(path, 'utf8')).trimStart().startsWith('---');
}

/**
 * The outermost folders with a SKILL.md at or below a path, in path order.
 * @throws Problem `file-not-found`, `skill-md-missing` when there is none
 */
export async function findSkills(path: string, env: Environment = process.env): Promise<string[]> {
  await requireFolder(path);
  const search: Search = {
    left: folderEntriesMax,
    seen: new Set(),
    linked: [],
    links: linkFollower(path, env),
  };
  const found = await skillsBelow(path, 0, search);
  for (let next = search.linked.shift(); next !== undefined; next = search.linked.shift()) {
    const target = await search.links.follow(next.path);
    if (target.kind === 'folder') found.push(...(await skillsBelow(next.path, next.depth, search)));
  }
  if (found.length === 0)
    throw new Problem(
      'skill-md-missing',
      `There is no SKILL.md in or below ${JSON.stringify(path)}`,
    );
  return inByteOrder(found, (one) => one);
}

interface Search {
  left: number;
  /** Folders without links: a folder that a link names, too, counts once. */
  readonly seen: Set<string>;
  /** Links that wait until the folders have been searched. */
  readonly linked: { readonly path: string; readonly depth: number }[];
  readonly links: LinkFollower;
}

async function skillsBelow(folder: string, depth: number, search: Search): Promise<string[]> {
  const real = await realpath(folder);
  if (search.seen.has(real)) return [];
  search.seen.add(real);
  const entries = await readdir(folder, { withFileTypes: true });
  search.left -= entries.length;
  if (search.left < 0 || depth > folderDepthMax) throw endless(folder);
  // Also if SKILL.md is a link: the folder then counts as a skill, and a link that leaves the
  // repository is refused by name.
  const names = entries.map(({ name }) => name);
  if (await isSkillFolder(folder, names)) return [folder];
  const found: string[] = [];
  for (const entry of inByteOrder(entries, ({ name }) => name)) {
    const path = join(folder, entry.name);
    if (entry.isSymbolicLink()) search.linked.push({ path, depth: depth + 1 });
    else if (entry.isDirectory() && entry.name !== '.git')
      found.push(...(await skillsBelow(path, depth + 1, search)));
  }
  return found;
}

function inByteOrder<One>(all: readonly One[], textOf: (one: One) => string): One[] {
  return [...all].sort((a, b) => Buffer.compare(Buffer.from(textOf(a)), Buffer.from(textOf(b))));
}
