/** What a scanner does when the registry is busy or down: its result is sent again, or dropped. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Problem } from '../../skills-index/skill/problem.ts';
import { jobPollMillisecondsMax, jobPollMillisecondsMin } from '../limits.ts';
import type { JobsWorld } from './jobs-client.ts';

/** The registry took no result. The work itself was right, so the job must not count as failed. */
export const noFailureOfTheScan: readonly string[] = [
  'registry-down',
  'registry-busy',
  'job-stale',
];

/**
 * How often a result is sent again to a busy registry, for about 30 s. The lease is renewed
 * meanwhile. The number is not in limits.ts, because a change of limits.ts changes the rule set.
 */
const busyTriesMax = 6;

/** Sends a result again to a busy registry. @throws Problem */
export async function whileBusy(
  { signal }: Pick<JobsWorld, 'signal'>,
  send: () => Promise<unknown>,
): Promise<void> {
  for (let tries = 0; ; tries++) {
    try {
      await send();
      return;
    } catch (cause) {
      const isBusy = cause instanceof Problem && cause.code === 'registry-busy';
      if (!isBusy || tries === busyTriesMax || signal.aborted) throw cause;
    }
    const ms = Math.min(jobPollMillisecondsMin * 2 ** tries, jobPollMillisecondsMax);
    await sleep(ms, undefined, { signal }).catch(() => undefined);
  }
}
