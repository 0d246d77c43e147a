/**
 * Splits long work into pieces, so that timers and connections of the same process run in between.
 * One of these timers checks for revocation.
 */
import { setImmediate } from 'node:timers/promises';
import { workMillisMax } from '../limits.ts';

/** Returns a function to await between the steps of the work. */
export function takeTurns(): () => Promise<void> {
  let began = performance.now();
  return async () => {
    if (performance.now() - began < workMillisMax) return;
    await setImmediate();
    began = performance.now();
  };
}
