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

// Starts a Python module of a skill as `python3 -m` does in the skill's folder, but with Python's
// own modules first: a `json.py` of the skill replaces no module of Python.

// `-c` puts the working directory on Python's path, and `-m` would, too. The working directory is a
// person's folder: the text takes that folder from the path before the text imports anything that
// Python has not loaded yet. The path then has Python's own folders, the skill's root, and the
// folders of packages. A package can still come before a folder of the skill without `__init__.py`,
// so the text compares the found file with the approved file.
const starter = `
import sys, os
name, file = sys.argv[1:3]
root = file[: -len(name + '/.py')]
python = os.path.dirname(os.__file__)
own = [one for one in sys.path if one in (python, python + '/lib-dynload')]
sys.path[:] = own + [root] + [one for one in sys.path if one and one not in own]
sys.argv[1:3] = []
import importlib.util, runpy
try:
    found = importlib.util.find_spec(name)
except ModuleNotFoundError:
    found = None
if found is None or found.origin != file:
    other = 'nothing' if found is None else found.origin
    sys.exit(f'skillgate: cannot start the module {name}: Python finds {other}, not {file}')
runpy.run_module(name, run_name='__main__', alter_sys=True)
`;

/**
 * The arguments of `python3` before the arguments of the command.
 * @param file the path of the module's file in the sandbox
 */
export function moduleStart(module: string, file: string): readonly string[] {
  return ['-c', starter, module, file];
}
