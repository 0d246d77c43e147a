/**
 * What stands between a plan and its start, and beside it while it runs: the gate that asks people,
 * and the breaker that counts.
 */

import { type BreakerWatch, breakerPollMs } from '../../skills-index/run/agents/breaker-watch.ts';
import type { AuditEvent } from '../../skills-index/run/audit/audit-entry.ts';
import type { HoldSubject } from '../../skills-index/run/holds/hold.ts';
import {
  askToStart,
  type RunGate,
  type StartWords,
} from '../../skills-index/run/holds/hold-gate.ts';
import { grantsDigest, type HeldPlan } from '../../skills-index/run/holds/hold-rules.ts';
import type { Plan } from '../../skills-index/run/plan/plan.ts';
import { openBreaker } from '../agents/breakers.ts';
import { holdDesk, startGate } from '../holds/holds.ts';
import type { RunRequest } from './run-request.ts';

export interface Safeguards {
  readonly gate: RunGate;
  readonly breaker: BreakerWatch;
  close(): void;
}

/**
 * Asks what has to be asked before anything is started.
 * @throws Problem `breaker-open`, `hold-unsupported`, `hold-denied`, `hold-expired`
 */
export async function startSafeguards(
  {
    hands = {},
    hostPolicy: policy,
    now,
    paths,
    signal,
  }: Pick<RunRequest, 'hands' | 'hostPolicy' | 'now' | 'paths' | 'signal'>,
  plan: HeldPlan & Pick<Plan, 'holds' | 'uid'>,
  subject: HoldSubject,
  record: (event: AuditEvent) => void,
  start: StartWords,
): Promise<Safeguards> {
  const desk = holdDesk(
    `${paths.data}/holds`,
    { policy, record, now, keyFile: `${paths.config}/audit-key.json` },
    plan.uid,
  );
  const breaker = openBreaker(`${paths.data}/breakers`, desk, subject);
  breaker.refuseOpen();
  const gate = breaker.through(startGate({ ...desk, subject, grants: grantsDigest(plan), hands }));
  await askToStart(gate, plan, start, signal);
  // A person takes a while, in which another run may have opened it.
  breaker.refuseOpen();
  const timer = setInterval(() => breaker.look(), breakerPollMs).unref();
  const close = (): void => {
    clearInterval(timer);
    breaker.look();
  };
  return { gate, breaker, close };
}
