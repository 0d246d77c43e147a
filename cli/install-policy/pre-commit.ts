/**
 * `skillgate policy pre-commit FILE…`: scans the skills that the files of a commit belong to. The
 * author of a skill commits what nobody has approved yet, so approvals do not count here, and links
 * are followed as `skillgate scan` follows them.
 */
import { readdir, realpath } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { type CommandContext, type ExitCode, exitCodes } from '../command.ts';
import type { Environment } from '../git/bounded-git.ts';
import { linkStepsMax, workTreeOf } from '../git/commit-tree.ts';
import { isSkillFolder } from '../scan/find-skills.ts';
import { pathFrom, scanFiles } from '../scan/read-prose.ts';
import { readSkillFolder } from '../scan/source-folder.ts';
import { startWatchedScanner } from '../scan/watched-scan.ts';
import { answer, count, joined, safe } from '../terminal/output.ts';
import { judgedText, policyOf } from './check.ts';
import type { JudgedFolder } from './judge-folder.ts';
import { decideScanned } from './known-bytes.ts';

export async function run(context: CommandContext): Promise<ExitCode> {
  const judged = await scanAll(context, await skillsOf(context));
  const shown = judged.filter(({ decision }) => decision !== 'allow').map(judgedText);
  const end = safe`${count(judged.length, 'skill')} scanned`;
  answer(context, { schema: 'skillgate.policy/1', judged }, () => joined([...shown, end], '\n'));
  return judged.some(({ decision }) => decision === 'block') ? exitCodes.refused : exitCodes.ok;
}

async function scanAll(
  context: CommandContext,
  folders: readonly string[],
): Promise<JudgedFolder[]> {
  const policy = { ...policyOf(context), unknown: 'allow' } as const;
  const scanner = startWatchedScanner();
  const judged: JudgedFolder[] = [];
  try {
    for (const at of folders) {
      context.signal.throwIfAborted();
      const folder = pathFrom(context.cwd, at);
      const { report } = await scanFiles(scanner, await readSkillFolder(at, context.env), folder);
      judged.push({ folder, ...decideScanned('', report, policy) });
    }
    return judged;
  } finally {
    await scanner.close();
  }
}

/** The skills that have the files, or links to the files, in path order. */
async function skillsOf({ args, cwd, env }: CommandContext): Promise<string[]> {
  const top = await realpath(cwd);
  const files = args.map((path) => resolve(top, path));
  const skills = new OutermostSkills(top);
  const found = new Set<string>();
  for (const path of await withLinksTo(files, top, env)) {
    const folder = await skills.around(dirname(path));
    if (folder !== undefined) found.add(folder);
  }
  return [...found].sort();
}

/** Finds the outermost folder with a SKILL.md, at or below the top of the repository. */
class OutermostSkills {
  readonly #top: string;
  readonly #found = new Map<string, Promise<string | undefined>>();

  constructor(top: string) {
    this.#top = top;
  }

  around(folder: string): Promise<string | undefined> {
    const known = this.#found.get(folder) ?? this.#find(folder);
    this.#found.set(folder, known);
    return known;
  }

  async #find(folder: string): Promise<string | undefined> {
    const top = this.#top;
    if (folder !== top && !folder.startsWith(`${top}/`)) return undefined;
    const above = folder === top ? undefined : await this.around(dirname(folder));
    if (above !== undefined) return above;
    const names = await readdir(folder).catch((): string[] => []);
    return (await isSkillFolder(folder, names)) ? folder : undefined;
  }
}

// Finds the links of a repository that lead to a commit's files: a skill that links to a changed
// file has changed, although no file of its own did.

/**
 * The files, and each tracked link that leads to one of them or to a folder with one of them,
 * directly or by way of other links.
 * @param files absolute
 * @param top a folder of the repository
 */
async function withLinksTo(
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
