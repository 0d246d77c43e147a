import { Problem } from '../../skills-index/skill/problem.ts';
import type { CommandContext, ExitCode } from '../command.ts';

export async function run(context: CommandContext): Promise<ExitCode> {
  throw new Problem('not-in-this-version', `Not yet: skill ${context.command}`);
}
