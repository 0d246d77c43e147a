/** Work that never ends while a registry runs, in slices beside its requests. */
import { setTimeout as delay } from 'node:timers/promises';

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
