/**
 * Keeps the queue of reviewers in step while a registry runs, beside other requests. On Workers no
 * process runs between requests: there a scanner without work does this, and the cron trigger.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Registry } from '../../context.ts';
import { queueFailurePauseMs, queuePauseMs } from '../../limits.ts';
import { lookAtWaiting, renewQueue } from './renew-queue.ts';

/** One slice: the versions whose evidence changed, or else the next ones of the daily look. */
export async function keepSome(registry: Registry): Promise<void> {
  if (!(await renewQueue(registry))) await lookAtWaiting(registry);
}

/**
 * Slice after slice, with pauses, until the signal aborts.
 * @param onFailure receives the error of a slice, after which the next slice comes later
 */
export async function keepQueue(
  registry: Registry,
  signal: AbortSignal,
  onFailure: (error: unknown) => void,
): Promise<void> {
  while (!signal.aborted) {
    const pause = await keepSome(registry).then(
      () => queuePauseMs,
      (error: unknown) => {
        onFailure(error);
        return queueFailurePauseMs;
      },
    );
    await delay(pause, undefined, { signal, ref: false }).catch(() => undefined);
  }
}
