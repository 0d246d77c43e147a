/**
 * The safeguards of a run: the gate that asks approvers before the start and during the run, and
 * the circuit breaker.
 */

import { type BreakerWatch, breakerPollMs } from '../../skills-index/run/agents/breaker-watch.ts';
import type { AuditEvent } from '../../skills-index/run/audit/audit-entry.ts';
import type { HoldSubject } from '../../skills-index/run/holds/hold.ts';
import {
  type RunGate,
  requireStartAllowed,
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
 * Asks approvers about everything that needs an approval before the run starts, as the plan says.
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
  breaker.requireClosed();
  const gate = breaker.through(startGate({ ...desk, subject, grants: grantsDigest(plan), hands }));
  await requireStartAllowed(gate, plan, start, signal);
  // Another run may have opened the circuit breaker while the approver was answering.
  breaker.requireClosed();
  const timer = setInterval(() => breaker.readState(), breakerPollMs).unref();
  const close = (): void => {
    clearInterval(timer);
    breaker.readState();
  };
  return { gate, breaker, close };
}
