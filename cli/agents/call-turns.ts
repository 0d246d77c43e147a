/**
 * How much one agent may ask of its runner: calls at once, and in a time. Each call costs a line of
 * the audit log; what is beyond costs a line in all.
 */
import { randomUUID } from 'node:crypto';
import { Problem } from '../../skills-index/skill/problem.ts';
import {
  callsAtOnceMax,
  callsBurst,
  callsPerSecond,
  callsToldMillis,
  refusedCallCost,
} from '../limits.ts';
import type { AdmissionWorld } from '../run/admission.ts';
import { hostFiles } from '../run/start-skill.ts';

export interface CallTurns {
  /** @throws Problem `run-limit` without a start of the call, and whatever that throws */
  take<Result>(call: () => Promise<Result>): Promise<Result>;
}

export interface CallClock {
  /** Milliseconds that only grow. */
  readonly now: () => number;
  /** Told of the first call that was refused, then of how many more there were in a time. */
  readonly tell: (refused: number) => void;
  /** Ends the telling, with what was not told yet. */
  readonly signal: AbortSignal;
}

export function callTurns({ now, signal, tell }: CallClock): CallTurns {
  let going = 0;
  let left = callsBurst;
  let filled = now();
  let untold = 0;
  let timer: NodeJS.Timeout | undefined;
  const tellMore = (): void => {
    timer = undefined;
    if (untold === 0) return;
    try {
      tell(untold);
      untold = 0;
    } catch {
      // A log that cannot be written refuses the next call.
    }
  };
  signal.addEventListener('abort', tellMore, { once: true });
  const refuse = (why: string): never => {
    if (timer === undefined) {
      tell(untold + 1);
      untold = 0;
      timer = setTimeout(tellMore, callsToldMillis).unref();
    } else untold += 1;
    throw new Problem('run-limit', `Cannot take the call: ${why}`, {
      hint: 'wait a few seconds, then call again',
    });
  };
  return {
    take: async (call) => {
      left = Math.min(callsBurst, left + ((now() - filled) / 1_000) * callsPerSecond);
      filled = now();
      if (going >= callsAtOnceMax) refuse(`${callsAtOnceMax} calls already run`);
      if (left < 1) refuse('too many calls arrived in a short time');
      going += 1;
      left -= 1;
      try {
        return await call();
      } catch (thrown) {
        // Who asks for what is refused, again and again, is slowed down sooner.
        left -= refusedCallCost - 1;
        throw thrown;
      } finally {
        going -= 1;
      }
    },
  };
}

/** The turns of one agent, what is beyond them in the audit log. */
export function agentTurns(world: AdmissionWorld, agent: string): CallTurns {
  const tell = (count: number): void => {
    const why = `${count} calls exceeded the limit of parallel calls or of calls in a short time`;
    hostFiles(world).audit.record(
      { run: randomUUID(), agent },
      { event: 'refused', code: 'run-limit', why },
    );
  };
  return callTurns({ now: () => performance.now(), tell, signal: world.signal });
}
