/**
 * Steps after a statement was logged. A logged statement counts, so no storage failure may be
 * answered like a rejection. A step that can be done again later is put off. Where the answer needs
 * the step, the answer says that the statement counts.
 */
import { Problem } from '../../skills-index/skill/problem.ts';
import type { Registry } from '../context.ts';
import type { Appended, LoggedAt } from './appending.ts';
import { finishStatements } from './finish-statements.ts';

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
 * @param indexes of the statements in the log; where there are none, a failure is passed on
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
    if (indexes.length === 0) throw cause;
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
 * The places and addresses of statements that were just appended. Where the storage failed after
 * the commit, tries once more.
 * @throws Problem `logged-unfinished`
 */
export async function finishLogged(
  registry: Registry,
  { indexes, logged }: Appended,
): Promise<readonly LoggedAt[]> {
  return logged ?? orSayLogged(registry, indexes, () => finishStatements(registry, indexes));
}
