/**
 * Long checks beside requests: a slice, then a pause that grows with the slice, and is longer while
 * clients ask.
 */
import { setTimeout as delay } from 'node:timers/promises';

/** A pause is at least so long, and at least so many times as long as the slice before it. */
export interface Pace {
  /** Milliseconds. */
  readonly least: number;
  readonly times: number;
  /** In place of `least` while clients ask. A check must end on a busy registry, too. */
  readonly busy: number;
}

/** Clients that ask one thing after the other leave such gaps, in milliseconds. */
const betweenRequestsMs = 100;

let lastRequest = Number.NEGATIVE_INFINITY;

/** Called when a request arrives at this process. */
export function noteRequest(): void {
  lastRequest = performance.now();
}

/**
 * Does a slice, and waits until the pause is over or the signal aborts. On a slow or busy machine a
 * slice takes longer, and so does the pause: requests keep the same share of the processor.
 */
export async function doPaced<Result>(
  pace: Pace,
  signal: AbortSignal,
  slice: () => Promise<Result>,
): Promise<Result> {
  const began = performance.now();
  const result = await slice();
  await pauseAfter(pace, signal, performance.now() - began);
  return result;
}

/**
 * The pause behind a slice.
 * @param sliceMs how long the slice took
 */
export async function pauseAfter(
  { least, times, busy }: Pace,
  signal: AbortSignal,
  sliceMs = 0,
): Promise<void> {
  const wait = (ms: number) => delay(ms, undefined, { signal, ref: false }).catch(() => undefined);
  const pause = Math.max(least, times * sliceMs);
  await wait(pause);
  const isBusy = performance.now() - lastRequest < betweenRequestsMs;
  if (isBusy && pause < busy) await wait(busy - pause);
}
