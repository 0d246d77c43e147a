/** Long checks beside requests: a slice, then a pause that grows with the slice. */
import { setTimeout as delay } from 'node:timers/promises';

/** A pause is at least so long, and at least so many times as long as the slice before it. */
export interface Pace {
  /** Milliseconds. */
  readonly least: number;
  readonly times: number;
}

/**
 * Does a slice, and waits until the pause is over or the signal aborts. On a slow or busy machine a
 * slice takes longer, and so does the pause: requests keep the same share of the processor.
 */
export async function doPaced<Result>(
  { least, times }: Pace,
  signal: AbortSignal,
  slice: () => Promise<Result>,
): Promise<Result> {
  const began = performance.now();
  const result = await slice();
  const pause = Math.max(least, times * (performance.now() - began));
  await delay(pause, undefined, { signal, ref: false }).catch(() => undefined);
  return result;
}
