/**
 * Keeps the queue of reviewers in step while a registry runs, beside other requests. On Workers no
 * process runs between requests: there a scanner without work does this, and the cron trigger.
 */
import type { Registry } from '../../context.ts';
import { keepOn } from '../../keep-on.ts';
import { queueBusyPauseMs, queueFailurePauseMs, queuePauseMs } from '../../limits.ts';
import { lookAtWaiting, renewQueue } from './renew-queue.ts';

/**
 * One slice: versions whose evidence changed, or when none is left, some of the daily look.
 * @returns whether an event or a changed version is left
 */
export async function keepSome(registry: Registry): Promise<boolean> {
  const isMore = await renewQueue(registry);
  if (!isMore) await lookAtWaiting(registry);
  return isMore;
}

/**
 * Slice after slice, with pauses, until the signal aborts.
 * @param onFailure receives the error of a slice, after which the next slice comes later
 */
export function keepQueue(
  registry: Registry,
  signal: AbortSignal,
  onFailure: (error: unknown) => void,
): Promise<void> {
  const pauses = { busy: queueBusyPauseMs, idle: queuePauseMs, failure: queueFailurePauseMs };
  return keepOn(() => keepSome(registry), pauses, { signal, onFailure });
}
