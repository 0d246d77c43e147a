/** Deletes what the rules no longer keep, while a registry runs, beside other requests. */
import type { Registry } from '../context.ts';
import { keepOn } from '../keep-on.ts';
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
export function keepRetention(
  registry: Registry,
  signal: AbortSignal,
  onFailure: (error: unknown) => void,
): Promise<void> {
  const pauses = {
    busy: retentionBusyPauseMs,
    idle: retentionPauseMs,
    failure: retentionFailurePauseMs,
  };
  return keepOn(() => deleteSomeFiles(registry), pauses, { signal, onFailure });
}
