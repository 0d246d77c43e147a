/** Work in slices beside the requests of a registry in one process. */
import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises';

/** Pauses behind a slice, in milliseconds. */
export interface SlicePauses {
  /** While something is left. */
  readonly busy: number;
  /** While nothing is left. */
  readonly idle: number;
  /** After a slice that failed. */
  readonly failure: number;
}

/**
 * Slice after slice, with pauses, until the signal aborts.
 * @param slice resolves to whether something is left
 * @param onFailure receives the error of a slice
 */
export async function keepOn(
  slice: () => Promise<boolean>,
  pauses: SlicePauses,
  { signal, onFailure }: { readonly signal: AbortSignal; onFailure(error: unknown): void },
): Promise<void> {
  while (!signal.aborted) {
    await ownTurn();
    const pause = await slice().then(
      (isMore) => (isMore ? pauses.busy : pauses.idle),
      (error: unknown) => {
        onFailure(error);
        return pauses.failure;
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
