/**
 * Finds the links of a repository that lead to a commit's files: a skill that links to a changed
 * file has changed, although no file of its own did.
 */
import { realpath } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { linkStepsMax } from '../git/limits.ts';
import type { Environment } from '../git/quiet-git.ts';
import { workTreeOf } from '../git/work-tree.ts';

/**
 * The files, and each tracked link that leads to one of them or to a folder with one of them,
 * directly or by way of other links.
 * @param files absolute
 * @param top a folder of the repository
 */
export async function withLinksTo(
  files: readonly string[],
  top: string,
  env: Environment,
): Promise<string[]> {
  const tree = await workTreeOf(top, env);
  const found = new Set(files);
  if (tree === undefined || tree.links.length === 0) return [...found];
  const reached = new Set<string>();
  // A changed file may be a link, and then stands for the file that the link names.
  for (const path of [...files, ...(await targetsOf(files)).values()])
    addWithFolders(reached, path);
  let waiting = [...(await targetsOf(tree.links.map((path) => join(tree.top, path))))];
  for (let step = 0; step < linkStepsMax; step++) {
    const more = waiting.filter(([, target]) => reached.has(target));
    if (more.length === 0) break;
    waiting = waiting.filter(([, target]) => !reached.has(target));
    for (const [link] of more) {
      found.add(link);
      addWithFolders(reached, link);
    }
  }
  return [...found];
}

/** Where paths lead, without links; a path that leads nowhere is left out. */
async function targetsOf(paths: readonly string[]): Promise<Map<string, string>> {
  const targets = new Map<string, string>();
  for (const path of paths) {
    const target = await realpath(path).catch(() => undefined);
    if (target !== undefined) targets.set(path, target);
  }
  return targets;
}

function addWithFolders(paths: Set<string>, path: string): void {
  for (let at = path; !paths.has(at); at = dirname(at)) paths.add(at);
}
