/** Limits of a session: the sandbox of an agent's own program. */
import { type BreakerCounter, type BreakerThresholds, breakerTable } from '../agents/breaker.ts';

export const sessionSecondsMax = 8 * 3_600;
export const sessionMemoryMiB = 4_096;
export const sessionProcessesMax = 1_024;
/**
 * Sizes of `/tmp` and HOME, where package managers and builds have their caches, and of what a
 * session may write into one folder, with the packages that it installs there.
 */
export const sessionSizes = { temporaryMiB: 1_024, homeMiB: 256, changesMiB: 512 };
export const sessionOutputBytesMax = 256 * 1024 * 1024;

/** The factor by which an agent's own program may cause more denials than a skill. */
const sessionDenialsFactor = 20;

/**
 * Returns the thresholds for an agent's own program. Such programs contact their makers as a matter
 * of course, and their printed output goes to their model. The proxy denies such requests without
 * harm. A sent canary or a request to a private address still opens the breaker at once.
 */
export function sessionThresholds(given: BreakerThresholds): BreakerThresholds {
  const often = (counter: BreakerCounter): number =>
    (given[counter] ?? breakerTable[counter].max) * sessionDenialsFactor;
  return { ...given, denied: often('denied'), 'secret-unbound': often('secret-unbound') };
}
