/** `--reason`, which each decision of a person needs. */
import { Problem } from '../../skills-index/skill/problem.ts';
import type { CommandContext } from '../command.ts';

/** @throws Problem `usage` */
export function reasonOf(context: CommandContext): string {
  const { reason } = context.options;
  if (typeof reason === 'string' && reason.trim() !== '') return reason;
  throw new Problem('usage', `Cannot ${context.command.replace('review ', '')} without a reason`, {
    hint: 'add --reason "…"; the registry keeps the reason for ever',
  });
}
