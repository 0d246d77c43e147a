/**
 * What follows once a statement is in the log. The statement counts from then on, so no failure of the storage may be answered as if it had been
 * refused: a step that is done again later is put off, and where the answer needs the step, the answer says that the statement counts.
 */
import { Problem } from '../skills-index/skill/problem.ts';
import type { Registry } from './context.ts';
import { writeLackingFiles } from './index-file.ts';
import { unsettledMax } from './limits.ts';
import { finishStatements, type LoggedAt } from './log.ts';
import { settle } from './publish-index.ts';

/** Does a step that later writes, reads of the status and the next start do as well; a failure of it is reported and no more. */
export async function orLater(registry: Registry, step: () => Promise<unknown>): Promise<void> {
  try {
    await step();
  } catch (error) {
    registry.reportPutOff?.(error);
  }
}

/**
 * Does a step without which there is no answer.
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
    throw new Problem('logged-unfinished', `This is in the log at ${where} and counts; only the answer could not be completed`, {
      cause,
    });
  }
}

/**
 * Gives statements that were just committed their addresses.
 * @throws Problem `logged-unfinished`
 */
export async function finishLogged(registry: Registry, indexes: readonly number[]): Promise<LoggedAt[]> {
  return orSayLogged(registry, indexes, () => finishStatements(registry, indexes));
}

/**
 * Settles a version after an approval of it was logged.
 * @throws Problem `not-admitted`: that is a judgement, and no failure
 */
export async function settleApproved(registry: Registry, versionId: string): Promise<void> {
  try {
    await settle(registry, versionId);
    registry.unsettled.delete(versionId);
  } catch (error) {
    if (error instanceof Problem && error.code === 'not-admitted') throw error;
    // Beyond the limit the next start finds them: it asks the database for all versions that wait.
    if (registry.unsettled.size < unsettledMax) registry.unsettled.add(versionId);
    registry.reportPutOff?.(error);
  }
}

/** Settles the versions whose approval was logged while the storage failed, and writes the files that lack their lines. */
export async function settlePutOff(registry: Registry): Promise<void> {
  if (registry.unsettled.size === 0) return;
  for (const id of [...registry.unsettled]) {
    registry.unsettled.delete(id);
    await orLater(registry, () => settleApproved(registry, id));
  }
  await orLater(registry, () => writeLackingFiles(registry));
}
