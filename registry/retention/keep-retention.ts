/** Deletes what the rules no longer keep, while a registry runs, beside other requests. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Registry } from '../context.ts';
import { deleteSomeFiles } from './delete-files.ts';
import {
  retentionBusyPauseMs,
  retentionFailurePauseMs,
  retentionPauseMs,
  retentionSlicesAtOnce,
} from './limits.ts';

/** As much as one cron trigger of a Worker may do. */
export async function keepSomeRetention(registry: Registry): Promise<void> {
  for (let slices = 0; slices < retentionSlicesAtOnce; slices++)
    if (!(await deleteSomeFiles(registry))) return;
}

/**
 * Slice after slice, with pauses, until the signal aborts.
 * @param onFailure receives the error of a slice, after which the next slice comes later
 */
export async function keepRetention(
  registry: Registry,
  signal: AbortSignal,
  onFailure: (error: unknown) => void,
): Promise<void> {
  while (!signal.aborted) {
    const pause = await deleteSomeFiles(registry).then(
      (isMore) => (isMore ? retentionBusyPauseMs : retentionPauseMs),
      (error: unknown) => {
        onFailure(error);
        return retentionFailurePauseMs;
      },
    );
    await delay(pause, undefined, { signal, ref: false }).catch(() => undefined);
  }
}
