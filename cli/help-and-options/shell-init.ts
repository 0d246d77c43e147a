import { Problem } from '../../skills-index/skill/problem.ts';
import { calledVariable } from '../called-name.ts';
import { type CommandContext, type ExitCode, exitCodes } from '../command.ts';
import { answer, joined, safe } from '../terminal/output.ts';

// A function comes before every program on PATH. An alias with this name would be expanded while
// the shell reads the function.
const posix = [
  'unalias skill 2>/dev/null',
  `function skill { ${calledVariable}=skill command skillgate "$@"; }`,
];
const texts: Readonly<Record<string, readonly string[]>> = {
  bash: posix,
  zsh: posix,
  fish: [`function skill; ${calledVariable}=skill command skillgate $argv; end`],
};

/** `skillgate shell-init SHELL`: prints a function that makes `skill` this program in the shell. */
export async function run(context: CommandContext): Promise<ExitCode> {
  const [shell = ''] = context.args;
  const lines = Object.hasOwn(texts, shell) ? texts[shell] : undefined;
  if (lines === undefined)
    throw new Problem('usage', `The shell ${JSON.stringify(shell)} is not supported`, {
      hint: `name one of ${Object.keys(texts).join(', ')}; in other shells type skillgate`,
    });
  const text = lines.join('\n');
  answer(context, { schema: 'skillgate.shell-init/1', shell, text }, () =>
    joined(
      lines.map((line) => safe`${line}`),
      '\n',
    ),
  );
  return exitCodes.ok;
}
