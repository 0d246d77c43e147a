/** Sends notices while a registry runs, beside other requests. On Workers the cron trigger does. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Registry } from '../context.ts';
import { queueBusyPauseMs, queueFailurePauseMs } from '../limits.ts';
import { deliverSome } from './deliver.ts';
import { noticeLookMs } from './limits.ts';

/** Slice after slice, with pauses, until the signal aborts. */
export async function keepNotices(
  registry: Registry,
  signal: AbortSignal,
  onFailure: (error: unknown) => void,
): Promise<void> {
  while (!signal.aborted) {
    const pause = await deliverSome(registry, signal).then(
      (isMore) => (isMore ? queueBusyPauseMs : noticeLookMs),
      (error: unknown) => {
        onFailure(error);
        return queueFailurePauseMs;
      },
    );
    await delay(pause, undefined, { signal, ref: false }).catch(() => undefined);
  }
}
