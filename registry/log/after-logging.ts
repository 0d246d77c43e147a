/**
 * Steps after a statement was logged. A logged statement counts, so no storage failure may be
 * answered like a rejection. A step that can be done again later is put off. Where the answer needs
 * the step, the answer says that the statement counts.
 */
import { Problem } from '../../skills-index/skill/problem.ts';
import type { Registry } from '../context.ts';
import { finishStatements, type LoggedAt } from './log.ts';

/**
 * Does a step that later writes, reads of the status and the next start repeat. A failure is only
 * reported.
 */
export async function orLater(registry: Registry, step: () => Promise<unknown>): Promise<void> {
  try {
    await step();
  } catch (error) {
    registry.reportPutOff?.(error);
  }
}

/**
 * Does a step that the answer needs.
 * @param indexes of the statements in the log
 * @throws Problem `logged-unfinished`
 */
export async function orSayLogged<Result>(
  registry: Registry,
  indexes: readonly number[],
  step: () => Promise<Result>,
): Promise<Result> {
  try {
    return await step();
  } catch (cause) {
    registry.reportPutOff?.(cause);
    const where = indexes.length === 1 ? `index ${indexes[0]}` : `indexes ${indexes.join(', ')}`;
    throw new Problem(
      'logged-unfinished',
      `The statement is in the log at ${where} and counts, but the registry could not complete its answer`,
      {
        cause,
      },
    );
  }
}

/**
 * Gives statements that were just committed their addresses.
 * @throws Problem `logged-unfinished`
 */
export async function finishLogged(
  registry: Registry,
  indexes: readonly number[],
): Promise<LoggedAt[]> {
  return orSayLogged(registry, indexes, () => finishStatements(registry, indexes));
}
