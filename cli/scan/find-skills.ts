/** Finds the folders of skills below a path. */
import type { Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Problem } from '../../skills-index/skill/problem.ts';
import { folderDepthMax, folderEntriesMax } from '../limits.ts';
import { endless, requireFolder } from './source-folder.ts';

/**
 * The outermost folders with a SKILL.md at or below a path, in path order.
 * @throws Problem `file-not-found`, `skill-md-missing` when there is none
 */
export async function findSkills(path: string): Promise<string[]> {
  await requireFolder(path);
  const found = await skillsBelow(path, 0, { left: folderEntriesMax });
  if (found.length === 0)
    throw new Problem(
      'skill-md-missing',
      `There is no SKILL.md in or below ${JSON.stringify(path)}`,
    );
  return found;
}

async function skillsBelow(
  folder: string,
  depth: number,
  budget: { left: number },
): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  budget.left -= entries.length;
  if (budget.left < 0 || depth > folderDepthMax) throw endless(folder);
  // Also if SKILL.md is a link: the folder then counts as a skill, and the link is refused by name.
  if (entries.some((entry) => entry.name === 'SKILL.md')) return [folder];
  const found: string[] = [];
  for (const entry of inOrder(entries)) {
    if (entry.isDirectory() && entry.name !== '.git')
      found.push(...(await skillsBelow(join(folder, entry.name), depth + 1, budget)));
  }
  return found;
}

function inOrder(entries: readonly Dirent[]): Dirent[] {
  return [...entries].sort((a, b) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)));
}
