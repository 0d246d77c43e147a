/**
 * `skillgate policy pre-commit FILE…`: scans the skills that the files of a commit belong to. The
 * author of a skill commits what nobody has approved yet, so approvals do not count here, and links
 * are followed as `skillgate scan` follows them.
 */
import { lstat, realpath } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { type CommandContext, type ExitCode, exitCodes } from '../command.ts';
import { pathFrom, scanFiles } from '../scan/scan-skill.ts';
import { readSkillFolder } from '../scan/source-folder.ts';
import { startWatchedScanner } from '../scan/watched-scan.ts';
import { answer, count, joined, safe } from '../terminal/output.ts';
import { judgedText } from './check.ts';
import { decideScanned } from './decide-install.ts';
import type { JudgedFolder } from './judge-folder.ts';
import { policyOf } from './policy-options.ts';

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

/** The skills that have the files, in path order. */
async function skillsOf({ args, cwd }: CommandContext): Promise<string[]> {
  const top = await realpath(cwd);
  const found = new Set<string>();
  for (const path of args) {
    const folder = await skillOf(top, resolve(top, path));
    if (folder !== undefined) found.add(folder);
  }
  return [...found].sort();
}

/** The outermost folder with a SKILL.md above a file, at or below the top of the repository. */
async function skillOf(top: string, file: string): Promise<string | undefined> {
  const folder = dirname(file);
  if (folder !== top && !folder.startsWith(`${top}/`)) return undefined;
  const above = folder === top ? undefined : await skillOf(top, folder);
  if (above !== undefined) return above;
  const entry = await lstat(join(folder, 'SKILL.md')).catch(() => undefined);
  return entry === undefined ? undefined : folder;
}
