/** Work in slices beside the requests of a registry in one process. */
import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises';

/**
 * The pause behind a slice while something is left, and the least behind a slice that failed, in
 * milliseconds.
 */
const busyMs = 50;
const failureMs = 10_000;

/**
 * Slice after slice, with pauses, until the signal aborts.
 * @param slice resolves to whether something is left
 * @param idleMs the pause while nothing is left
 * @param onFailure receives the error of a slice
 */
export async function keepOn(
  slice: () => Promise<boolean>,
  idleMs: number,
  { signal, onFailure }: { readonly signal: AbortSignal; onFailure(error: unknown): void },
): Promise<void> {
  while (!signal.aborted) {
    await ownTurn();
    const pause = await slice().then(
      (isMore) => (isMore ? busyMs : idleMs),
      (error: unknown) => {
        onFailure(error);
        return Math.max(failureMs, idleMs);
      },
    );
    await delay(pause, undefined, { signal, ref: false }).catch(() => undefined);
  }
}

/** Slice after slice without pauses, until nothing is left or the signal aborts. */
export async function untilDone(
  slice: () => Promise<boolean>,
  signal?: AbortSignal,
): Promise<void> {
  while (signal?.aborted !== true && (await slice())) await ownTurn();
}

let lastTurn: Promise<void> = Promise.resolve();

/**
 * Waits for a turn of the event loop in which no other slice begins. The embedded database answers
 * at once, so slices that begin in one turn would run one after the other before any request.
 */
function ownTurn(): Promise<void> {
  lastTurn = lastTurn.then(() => nextTurn());
  return lastTurn;
}
