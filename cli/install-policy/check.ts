/** `skillgate policy check DIR…`: what a gate for other installers says about folders. */
import { resolve } from 'node:path';
import { Problem } from '../../skills-index/skill/problem.ts';
import { type CommandContext, type ExitCode, exitCodes } from '../command.ts';
import { answer, joined, type Safe, safe } from '../terminal/output.ts';
import { type JudgedFolder, realFolder, withJudge } from './judge-folder.ts';
import { type InstallDecision, type InstallPolicy, installDecisions } from './known-bytes.ts';

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

// The operator's choices, on the command line that the other installer is configured with.

/** @throws Problem `usage` for another word */
export function policyOf({ options }: Pick<CommandContext, 'options'>): InstallPolicy {
  return {
    unknown: decisionOf(options, 'unknown', installDecisions),
    review: decisionOf(options, 'review', ['warn', 'block']),
  };
}

function decisionOf(
  options: CommandContext['options'],
  name: string,
  allowed: readonly InstallDecision[],
): InstallDecision {
  const value = options[name] ?? 'warn';
  const found = allowed.find((one) => one === value);
  if (found !== undefined) return found;
  throw new Problem('usage', `--${name} is one of ${allowed.join(', ')}`);
}
