import { Problem } from '../../skills-index/skill/problem.ts';
import { calledVariable } from '../called-name.ts';
import { type CommandContext, type ExitCode, exitCodes } from '../command.ts';
import { answer, safe } from '../output.ts';

// A function comes before every program on PATH.
const posixText = `skill() { ${calledVariable}=skill command skillgate "$@"; }`;
const texts: Readonly<Record<string, string>> = {
  bash: posixText,
  zsh: posixText,
  fish: `function skill; ${calledVariable}=skill command skillgate $argv; end`,
};

/** `skillgate shell-init SHELL`: what a shell has to read so that `skill` is this program in it. */
export async function run(context: CommandContext): Promise<ExitCode> {
  const [shell = ''] = context.args;
  const text = Object.hasOwn(texts, shell) ? texts[shell] : undefined;
  if (text === undefined)
    throw new Problem('usage', `There is no text for the shell ${JSON.stringify(shell)}`, {
      hint: `name one of ${Object.keys(texts).join(', ')}; in others type skillgate`,
    });
  answer(context, { schema: 'skillgate.shell-init/1', shell, text }, () => safe`${text}`);
  return exitCodes.ok;
}
