/**
 * Long work in pieces, so that timers and connections of the same process have their turn: one of
 * them is a revocation.
 */
import { setImmediate } from 'node:timers/promises';
import { workMillisMax } from '../limits.ts';

/** To be awaited between the steps of one piece of work. */
export function takeTurns(): () => Promise<void> {
  let began = performance.now();
  return async () => {
    if (performance.now() - began < workMillisMax) return;
    await setImmediate();
    began = performance.now();
  };
}
