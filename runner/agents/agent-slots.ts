/**
 * How many runs of one identity go on at once, over all processes of this host: each holds one of
 * so many locks.
 */

import { Problem } from '../../skills-index/skill/problem.ts';
import { tryLock, unlock } from '../files/lock.ts';
import { agentRunsMax } from '../limits.ts';

/**
 * Acts while holding a place of the identity.
 * @param folder `$DATA/agents/NAME/runs`
 * @throws Problem `plan-refused` when all are taken
 */
export async function withAgentSlot<Result>(
  folder: string,
  act: () => Promise<Result>,
): Promise<Result> {
  const paths = Array.from({ length: agentRunsMax }, (_, number) => `${folder}/${number}`);
  // The first look clears away what a killed runner left, the second takes it.
  const path = paths.find(tryLock) ?? paths.find(tryLock);
  if (path === undefined)
    throw new Problem(
      'plan-refused',
      `Cannot start: ${agentRunsMax} runs of this agent are going on at once, and more may not`,
    );
  try {
    return await act();
  } finally {
    unlock(path);
  }
}
