/** Lets other requests go on while one question does much work in memory. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { LongWork } from '../../skills-index/packages/locks/long-work.ts';
import type { Registry } from '../context.ts';
import { wordsTurnMs } from '../limits.ts';

/** Waits for the others when nobody has waited for them for a while. */
export async function letOthersGoOn({ identities }: Registry): Promise<void> {
  // Date counts on Cloudflare Workers, too; the registry's own clock stands still in tests.
  const now = Date.now();
  if (now - (identities.turnAt ?? 0) < wordsTurnMs) return;
  // From a callback of a socket, the first turn comes before the loop looks at other sockets.
  await nextTurn();
  await nextTurn();
  identities.turnAt = Date.now();
}

/** Does all steps, and waits for the others between them. */
export async function doSteps<Result>(
  registry: Registry,
  steps: LongWork<Result>,
): Promise<Result> {
  for (;;) {
    const next = steps.next();
    if (next.done === true) return next.value;
    await letOthersGoOn(registry);
  }
}
