/** The operator's choices, on the command line that the other installer is configured with. */
import { Problem } from '../../skills-index/skill/problem.ts';
import type { CommandContext } from '../command.ts';
import { type InstallDecision, type InstallPolicy, installDecisions } from './decide-install.ts';

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
