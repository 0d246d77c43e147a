/**
 * Limits the concurrent runs of one agent identity over all processes of this host. Each run holds
 * one lock file of a fixed number of lock files.
 */
import { Problem } from '../../skills-index/skill/problem.ts';
import { tryLock, unlock } from '../files/lock.ts';

/** Concurrent runs of one agent identity, over all its connections and sessions. */
export const agentRunsMax = 16;

/**
 * Runs `act` while holding one of the identity's lock files.
 * @throws Problem `plan-refused` when all lock files are taken
 * @param folder `$DATA/agents/NAME/runs`
 */
export async function withAgentSlot<Result>(
  folder: string,
  act: () => Promise<Result>,
): Promise<Result> {
  const paths = Array.from({ length: agentRunsMax }, (_, number) => `${folder}/${number}`);
  // The first try removes the lock file of a killed runner; the second try takes the freed lock.
  const path = paths.find(tryLock) ?? paths.find(tryLock);
  if (path === undefined)
    throw new Problem(
      'plan-refused',
      `Cannot start: ${agentRunsMax} runs of this agent are active, which is the limit; wait until one ends`,
    );
  try {
    return await act();
  } finally {
    unlock(path);
  }
}
