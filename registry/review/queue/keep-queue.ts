/**
 * Keeps the queue of reviewers in step while a registry runs, beside other requests. On Workers no
 * process runs between requests: there a scanner without work does this, and the cron trigger.
 */
import type { Registry } from '../../context.ts';
import { lookAtWaiting, renewQueue, retryFailed } from './renew-queue.ts';

/**
 * One slice: versions whose evidence changed. When none is left, and in one slice of eight in any
 * case, also some versions that could not be read, and some of the daily look.
 * @returns whether an event or a changed version is left
 */
export async function keepSome(registry: Registry): Promise<boolean> {
  const isLeft = await renewQueue(registry);
  const [drawn = 0] = registry.random(1);
  if (isLeft && drawn % 8 !== 0) return true;
  await retryFailed(registry);
  await lookAtWaiting(registry);
  return isLeft;
}
