/**
 * Finds a skill's command, and the interpreter that the command's module, or the first line or the
 * extension of the command's file, needs.
 */

import type { Interpreter } from '../../skills-index/run/plan/plan.ts';
import type { WantedCommand } from '../../skills-index/run/plan/plan-input.ts';
import type { Manifest } from '../../skills-index/skill/manifest.ts';
import { commandFile } from '../../skills-index/skill/manifest-schema.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import type { SkillToRun } from './run-request.ts';

type Files = Pick<SkillToRun, 'bundle' | 'contents'>;

const byExtension =
  /\.(?:(?<node>[mc]?[jt]s)|(?<python3>py)|(?<sh>sh)|(?<bash>bash)|(?<pwsh>ps1))$/;
const byProgram =
  /^(?:(?<node>node)|(?<python3>python3?)|(?<sh>sh|dash)|(?<bash>bash)|(?<pwsh>pwsh))$/;

/**
 * Finds a command by its name in the manifest, or an executable file by its path.
 * @throws Problem `usage` when the skill has no such command; the hint lists its commands
 */
export function findCommand(
  { commands, name: skill, scratch }: Manifest,
  { bundle, contents }: Files,
  wanted?: string,
): WantedCommand {
  const names = Object.keys(commands);
  const name = wanted ?? (names.length === 1 ? names[0] : undefined) ?? '';
  const named = Object.hasOwn(commands, name) ? commands[name] : undefined;
  const executable = bundle.files.find(({ mode, path }) => path === name && mode === '755');
  const path = named === undefined ? executable?.path : commandFile(named);
  const file = bundle.files.find((one) => one.path === path)?.path;
  if (file === undefined) {
    const hint =
      names.length === 0
        ? 'This skill has only instructions for an agent. Read its SKILL.md.'
        : `Name one of its commands: ${names.join(', ')}.`;
    const what =
      wanted === undefined
        ? names.length === 0
          ? 'no command'
          : 'more than one command'
        : `no command ${JSON.stringify(wanted)}`;
    throw new Problem('usage', `Cannot run ${skill}: the skill has ${what}`, { hint });
  }
  const about = { name, file, ...(scratch === true && { scratch }) };
  if (typeof named === 'object') return { ...about, interpreter: 'python3', module: named.module };
  return { ...about, interpreter: interpreterOf(file, contents.get(file) ?? new Uint8Array()) };
}

/**
 * The interpreter of a file. The `#!` line takes precedence over the extension, as in the kernel.
 */
export function interpreterOf(path: string, bytes: Uint8Array): Interpreter | undefined {
  const head = Buffer.from(bytes.subarray(0, 256)).toString('latin1');
  const [, first, second] = /^#! *(?:\S*\/)?([^\s/]+)(?: +(?:-S +)?(\S+))?/.exec(head) ?? [];
  const program = first === 'env' ? (second ?? '') : first;
  const groups = (program === undefined ? byExtension.exec(path) : byProgram.exec(program))?.groups;
  return (['node', 'python3', 'sh', 'bash', 'pwsh'] as const).find(
    (name) => groups?.[name] !== undefined,
  );
}
