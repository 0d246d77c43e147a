/** Where Claude Code reads a skill from: personal, project and plugin folders. */
import { readdir, readFile, stat } from 'node:fs/promises';
import { dirname, isAbsolute, join } from 'node:path';
import * as v from 'valibot';
import { peek } from '../../skills-index/client/peek.ts';
import { parseFrontMatter } from '../../skills-index/skill/front-matter.ts';
import { bundleFileBytesMax } from '../../skills-index/skill/limits.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { parseShape } from '../../skills-index/skill/shape.ts';
import { parseJson } from '../../skills-index/skill/text/json.ts';
import { gateSkillFoldersMax } from '../limits.ts';

export interface ClaudeSkill {
  /** Claude Code's own folder, `~/.claude`. */
  readonly config: string;
  /** The folder that Claude Code works in. */
  readonly from: string;
  /** As Claude Code names the skill: `weekly-report`, or `PLUGIN:weekly-report`. */
  readonly skill: string;
}

const part = '[\\p{L}\\p{N}][\\p{L}\\p{N}._-]*';
const skillName = new RegExp(`^(?:(${part}):)?(${part})$`, 'u');

/**
 * The folders that have a skill of this name. Claude Code reads one of them, and its order is its
 * own affair, so a gate judges all.
 * @throws Problem `request-invalid` for a name that is a path
 */
export async function foldersOfSkill({ config, from, skill }: ClaudeSkill): Promise<string[]> {
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
  return a.trim().toLowerCase() === b.toLowerCase();
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
