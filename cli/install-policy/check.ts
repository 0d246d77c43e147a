/** `skillgate policy check DIR…`: what a gate for other installers says about folders. */
import { resolve } from 'node:path';
import { Problem } from '../../skills-index/skill/problem.ts';
import { type CommandContext, type ExitCode, exitCodes } from '../command.ts';
import { answer, joined, type Safe, safe } from '../terminal/output.ts';
import { type JudgedFolder, realFolder, withJudge } from './judge-folder.ts';
import { policyOf } from './policy-options.ts';

export async function run(context: CommandContext): Promise<ExitCode> {
  const policy = policyOf(context);
  // A typing error must not look like a skill that the gate blocks. Other failures block.
  for (const path of context.args)
    await realFolder(resolve(context.cwd, path)).catch((cause: unknown) => {
      if (cause instanceof Problem) throw cause;
    });
  const judged: JudgedFolder[] = [];
  await withJudge(context, async (judge) => {
    for (const path of context.args) {
      judged.push(await judge({ folder: resolve(context.cwd, path), policy }));
      context.signal.throwIfAborted();
    }
  });
  answer(context, { schema: 'skillgate.policy/1', judged }, () =>
    joined(judged.map(judgedText), '\n'),
  );
  return judged.some(({ decision }) => decision === 'block') ? exitCodes.refused : exitCodes.ok;
}

/** A line for the decision, and one for each finding. */
export function judgedText({ decision, folder, reason, findings }: JudgedFolder): Safe {
  return joined(
    [
      safe`${decision}: ${folder}`,
      safe`  ${reason}`,
      ...findings.map(
        ({ severity, rule, path, line, message }) =>
          safe`  ${severity} ${rule} ${path}:${line} ${message}`,
      ),
    ],
    '\n',
  );
}
