/** Limits of the sweeps over objects, the unit in the name. */
import type { Pace } from '../../pace.ts';

/**
 * How long a file that no row names stays, how many files one step of the sweep looks at, and the
 * pause after each step. A sweep ends early when so many objects were written meanwhile.
 */
export const orphanAgeMs = 7 * 24 * 3_600_000;
export const sweptAtOnce = 200;
export const sweepPace: Pace = { least: 50, times: 0, busy: 500 };
export const usedNamesMax = 200_000;
