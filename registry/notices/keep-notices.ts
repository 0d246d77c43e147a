/** Sends notices while a registry runs, beside other requests. On Workers the cron trigger does. */
import type { Registry } from '../context.ts';
import { keepOn } from '../keep-on.ts';
import { queueBusyPauseMs, queueFailurePauseMs } from '../limits.ts';
import { deliverSome } from './deliver.ts';
import { noticeLookMs } from './limits.ts';

/** Slice after slice, with pauses, until the signal aborts. */
export function keepNotices(
  registry: Registry,
  signal: AbortSignal,
  onFailure: (error: unknown) => void,
): Promise<void> {
  const pauses = { busy: queueBusyPauseMs, idle: noticeLookMs, failure: queueFailurePauseMs };
  return keepOn(() => deliverSome(registry, signal), pauses, { signal, onFailure });
}
