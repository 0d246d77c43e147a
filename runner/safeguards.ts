/** What stands between a plan and its start, and beside it while it runs: the gate that asks people, and the breaker that counts. */
import type { AuditEvent } from '../skills-index/run/audit-entry.ts';
import { sayOpen } from '../skills-index/run/breaker.ts';
import { type BreakerWatch, breakerPollMs } from '../skills-index/run/breaker-watch.ts';
import type { HoldSubject } from '../skills-index/run/hold.ts';
import type { RunGate } from '../skills-index/run/hold-gate.ts';
import { capabilityTexts, grantsDigest } from '../skills-index/run/hold-rules.ts';
import type { Plan } from '../skills-index/run/plan.ts';
import { Problem } from '../skills-index/skill/problem.ts';
import { openBreaker } from './breakers.ts';
import { holdDesk, startGate } from './holds.ts';
import type { RunRequest } from './run.ts';

export interface Safeguards {
  readonly gate: RunGate;
  readonly breaker: BreakerWatch;
  /** Counts a start that failed. */
  started<Running>(starting: Promise<Running>): Promise<Running>;
  close(): void;
}

/**
 * Asks what has to be asked before anything is started.
 * @throws Problem `breaker-open`, `hold-unsupported`, `hold-denied`, `hold-expired`
 */
export async function startSafeguards(
  request: Pick<RunRequest, 'hands' | 'hostPolicy' | 'now' | 'paths' | 'signal'>,
  plan: Plan,
  subject: HoldSubject,
  record: (event: AuditEvent) => void,
): Promise<Safeguards> {
  const { hands = {}, hostPolicy: policy, now, paths, signal } = request;
  const desk = holdDesk(`${paths.data}/holds`, { policy, record, now }, plan.uid);
  const breaker = openBreaker(`${paths.data}/breakers`, desk, subject);
  const open = breaker.stillOpen();
  if (open !== undefined) throw new Problem('breaker-open', ...sayOpen(open));
  const inner = startGate({ ...desk, subject, grants: grantsDigest(plan), hands });
  const answer = await inner.ask({ kind: 'start', capabilities: capabilityTexts(plan), holds: plan.holds }, signal);
  if (answer.kind === 'denied') throw new Problem(answer.code, `Cannot run ${plan.skill.name}: ${answer.why}`);
  const gate: RunGate = {
    ...inner,
    ask: (action, aborts) => {
      if (action.kind === 'egress') breaker.sent(action.bytes ?? 0);
      return inner.ask(action, aborts);
    },
  };
  const started: Safeguards['started'] = (starting) =>
    starting.catch((cause: unknown) => {
      if (cause instanceof Problem && cause.code === 'sandbox-refused') breaker.count('spawn-failed');
      throw cause;
    });
  const timer = setInterval(() => breaker.look(), breakerPollMs).unref();
  const close = (): void => {
    clearInterval(timer);
    breaker.look();
  };
  return { gate, breaker, started, close };
}
