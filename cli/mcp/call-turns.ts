/**
 * Limits how much an agent may ask of its runner: parallel calls, and calls in a time. Each call
 * makes a line in the audit log; all refused calls together make one.
 */
import { randomUUID } from 'node:crypto';
import { Problem } from '../../skills-index/skill/problem.ts';
import type { AdmissionWorld } from '../run/admission.ts';
import { hostFiles } from '../run/host-files.ts';

/**
 * Calls of one agent, or of all agents in a session: in parallel, in a burst, and for each second;
 * the cost of a refused call.
 */
export const callsAtOnceMax = 16;
export const callsBurst = 120;
export const callsPerSecond = 2;
export const refusedCallCost = 10;

/** How often the audit log gets the number of refused calls. */
export const callsToldMillis = 60_000;

export interface CallTurns {
  /** @throws Problem `run-limit` when the call is refused, and errors of the call itself */
  take<Result>(call: () => Promise<Result>): Promise<Result>;
}

interface CallClock {
  /** Milliseconds of a monotonic clock. */
  readonly now: () => number;
  /** Called for the first refused call, then with the number of further refused calls. */
  readonly tell: (refused: number) => void;
  /** Reports the last refused calls and stops. */
  readonly signal: AbortSignal;
}

export function callTurns({ now, signal, tell }: CallClock): CallTurns {
  let going = 0;
  let tokens = callsBurst;
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
      // When the log cannot be written, the next call is refused.
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
      tokens = Math.min(callsBurst, tokens + ((now() - filled) / 1_000) * callsPerSecond);
      filled = now();
      if (going >= callsAtOnceMax) refuse(`${callsAtOnceMax} calls are running already`);
      if (tokens < 1) refuse('too many calls arrived in a short time');
      going += 1;
      tokens -= 1;
      try {
        return await call();
      } catch (thrown) {
        // A refused call costs tokens too, so that repeated refusals slow the agent down.
        tokens -= refusedCallCost - 1;
        throw thrown;
      } finally {
        going -= 1;
      }
    },
  };
}

/** The limits of one agent; refused calls are recorded in the audit log. */
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
