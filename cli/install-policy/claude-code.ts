/**
 * `skillgate policy claude-code`: a hook of Claude Code that judges a skill's folder before the
 * skill's text reaches the model. Claude Code goes on after most failures of a hook, but not after
 * exit code 2.
 */

import { readdir, readFile, stat } from 'node:fs/promises';
import { dirname, isAbsolute, join } from 'node:path';
import * as v from 'valibot';
import { peek } from '../../skills-index/client/peek.ts';
import { bundleFileBytesMax } from '../../skills-index/skill/bundle.ts';
import { parseFrontMatter } from '../../skills-index/skill/front-matter.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { parseShape } from '../../skills-index/skill/shape.ts';
import { parseJson } from '../../skills-index/skill/text/json.ts';
import { type CommandContext, type ExitCode, exitCodes } from '../command.ts';
import { homeOf } from '../paths.ts';
import { jsonText, printNote, safe } from '../terminal/output.ts';
import { policyOf } from './check.ts';
import { failureText, type JudgedFolder, withJudge } from './judge-folder.ts';
import { type InstallDecision, installDecisions } from './known-bytes.ts';
import { plainFinding, plainReason, readRequest } from './read-request.ts';

/** Skills in one folder of Claude Code. */
const gateSkillFoldersMax = 2_000;

const cwd = v.pipe(v.string(), v.check(isAbsolute, 'is not an absolute path'));
const requestShape = v.variant('hook_event_name', [
  v.looseObject({
    hook_event_name: v.literal('PreToolUse'),
    cwd,
    tool_name: v.string(),
    tool_input: v.looseObject({ skill: v.optional(v.string()) }),
  }),
  v.looseObject({
    hook_event_name: v.literal('UserPromptExpansion'),
    cwd,
    expansion_type: v.string(),
    command_name: v.string(),
  }),
]);
type HookRequest = v.InferOutput<typeof requestShape>;

export async function run(context: CommandContext): Promise<ExitCode> {
  try {
    const request = await readRequest(context, requestShape, 'the request of Claude Code');
    context.stdout.write(`${jsonText(await answerTo(context, request))}\n`);
    return exitCodes.ok;
  } catch (cause) {
    // Claude Code blocks at this exit code, and shows standard error.
    printNote(context, safe`${failureText(cause)}`);
    return exitCodes.usage;
  }
}

/** An empty answer leaves the decision to the permissions of Claude Code. */
async function answerTo(context: CommandContext, request: HookRequest): Promise<object> {
  if (request.hook_event_name === 'PreToolUse') {
    if (request.tool_name !== 'Skill') return {};
    const { skill } = request.tool_input;
    if (skill === undefined) throw new Problem('request-invalid', 'The request names no skill');
    const { decision, reason } = await judgeSkill(context, request.cwd, skill);
    if (decision === 'allow') return {};
    return {
      hookSpecificOutput: {
        hookEventName: 'PreToolUse',
        permissionDecision: decision === 'block' ? 'deny' : 'ask',
        permissionDecisionReason: reason,
      },
    };
  }
  if (request.expansion_type !== 'slash_command') return {};
  const folders = await foldersOf(context, request.cwd, request.command_name);
  // Most such commands are no skills.
  if (folders.length === 0) return {};
  const { decision, reason } = await judgeFolders(context, folders);
  if (decision === 'block') return { decision: 'block', reason };
  // The person who typed the command has decided.
  return decision === 'warn' ? { systemMessage: reason } : {};
}

interface JudgedSkill {
  readonly decision: InstallDecision;
  readonly reason: string;
}

async function judgeSkill(
  context: CommandContext,
  from: string,
  skill: string,
): Promise<JudgedSkill> {
  const folders = await foldersOf(context, from, skill);
  if (folders.length > 0) return judgeFolders(context, folders);
  // Skills that Claude Code brings itself have no folder, and others may lie where nobody looks.
  const reason = plainReason(`Skillgate found no folder of the skill ${JSON.stringify(skill)}.`);
  return { decision: 'warn', reason };
}

function foldersOf({ env }: CommandContext, from: string, skill: string): Promise<string[]> {
  const named = env.CLAUDE_CONFIG_DIR;
  const config = named !== undefined && named !== '' ? named : join(homeOf(env), '.claude');
  return foldersOfSkill({ config, from, skill });
}

/** Of several folders with the skill's name, the strictest answer counts. */
async function judgeFolders(
  context: CommandContext,
  folders: readonly string[],
): Promise<JudgedSkill> {
  const policy = policyOf(context);
  const judged: JudgedFolder[] = [];
  await withJudge(context, async (judge) => {
    for (const folder of folders) judged.push(await judge({ folder, policy }));
  });
  const strictest = installDecisions.findLast((one) => judged.some((two) => two.decision === one));
  const { folder, reason, findings } =
    judged.find(({ decision }) => decision === strictest) ?? judged[0] ?? noFolder();
  const lines = [`Skillgate: ${folder}. ${reason}`, ...findings.map(lineOf)];
  return {
    decision: strictest ?? 'block',
    reason: lines.map((one) => plainReason(one)).join('\n'),
  };
}

function lineOf(found: Parameters<typeof plainFinding>[0]): string {
  const { ruleId, file, line, message } = plainFinding(found);
  return `${ruleId} ${file}:${line} ${message}`;
}

function noFolder(): never {
  throw new Problem('internal', 'No folder was judged');
}

// Where Claude Code reads a skill from: personal, project and plugin folders.

interface ClaudeSkill {
  /** Claude Code's own folder, `~/.claude`. */
  readonly config: string;
  /** The folder that Claude Code works in. */
  readonly from: string;
  /** As Claude Code names the skill: `weekly-report`, or `PLUGIN:weekly-report`. */
  readonly skill: string;
}

const part = '[\\p{L}\\p{N}][\\p{L}\\p{M}\\p{N}._-]*';
const skillName = new RegExp(`^(?:(${part}):)?(${part})$`, 'u');

/**
 * The folders that have a skill of this name. Claude Code reads one of them, and its order is its
 * own affair, so a gate judges all.
 * @throws Problem `request-invalid` for a name that is a path
 */
async function foldersOfSkill({ config, from, skill }: ClaudeSkill): Promise<string[]> {
  const [, plugin, name] = skillName.exec(skill.replace(/^\//, '')) ?? [];
  if (name === undefined)
    throw new Problem('request-invalid', `${JSON.stringify(skill)} is not the name of a skill`);
  const parents =
    plugin === undefined
      ? [join(config, 'skills'), join(config, 'skills/synced'), ...projectFolders(from)]
      : (await pluginFolders(config, plugin)).map((folder) => join(folder, 'skills'));
  const found: string[] = [];
  for (const parent of new Set(parents))
    for (const entry of await entriesOf(parent))
      if (await isNamed(join(parent, entry), entry, name)) found.push(join(parent, entry));
  return found;
}

async function entriesOf(parent: string): Promise<string[]> {
  const entries = await readdir(parent).catch(() => []);
  if (entries.length > gateSkillFoldersMax)
    throw new Problem('request-invalid', `${parent} has more than ${gateSkillFoldersMax} entries`);
  return entries;
}

/**
 * Claude Code finds a skill by its folder and by the name in SKILL.md. A SKILL.md that Skillgate
 * cannot read may have any name.
 */
async function isNamed(folder: string, entry: string, name: string): Promise<boolean> {
  const path = join(folder, 'SKILL.md');
  const found = await stat(path).catch(() => undefined);
  if (found?.isFile() !== true) return false;
  if (isSame(entry, name) || found.size > bundleFileBytesMax) return true;
  const bytes = await readFile(path);
  const front = peek(() => parseFrontMatter(bytes));
  return front === undefined || isSame(String(front.fields.name ?? ''), name);
}

function isSame(a: string, b: string): boolean {
  const [one, other] = [a, b].map((name) => name.trim().normalize('NFKC').toLowerCase());
  return one === other;
}

function projectFolders(from: string): string[] {
  const above = dirname(from);
  return [join(from, '.claude/skills'), ...(above === from ? [] : projectFolders(above))];
}

const pluginsShape = v.looseObject({
  plugins: v.record(v.string(), v.array(v.looseObject({ installPath: v.string() }))),
});

async function pluginFolders(config: string, plugin: string): Promise<string[]> {
  const path = join(config, 'plugins/installed_plugins.json');
  const bytes = await readFile(path).catch(() => undefined);
  if (bytes === undefined) return [];
  const { plugins } = parseShape(pluginsShape, parseJson(bytes, path), 'json-invalid', path);
  return Object.entries(plugins)
    .filter(([name]) => name.split('@')[0] === plugin)
    .flatMap(([, installed]) => installed.map(({ installPath }) => installPath))
    .filter((folder) => isAbsolute(folder));
}
