/**
 * Splits long work into pieces, so that timers and connections of the same process run between the
 * pieces. One of the timers checks for a revocation.
 */
import { setImmediate } from 'node:timers/promises';
import { workMillisMax } from '../limits.ts';

/** Returns a function to await between two steps of the work. */
export function takeTurns(): () => Promise<void> {
  let began = performance.now();
  return async () => {
    if (performance.now() - began < workMillisMax) return;
    await setImmediate();
    began = performance.now();
  };
}
