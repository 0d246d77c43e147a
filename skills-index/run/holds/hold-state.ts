/**
 * The state of one run's gate: the sent bytes and requests, the questions to people, the denied
 * questions, and the time that the run waited. Pure: time and randomness are parameters.
 */
import type { Digest } from '../../skill/digest.ts';
import type { AuditEvent } from '../audit/audit-entry.ts';
import {
  type GateAnswer,
  type GatedAction,
  type Hold,
  type HoldMaterial,
  type HoldSubject,
  newHold,
  type PlannedHold,
} from './hold.ts';
import { holdFieldsOf } from './hold-action.ts';
import { canAnswer, refusalSeconds } from './hold-answer.ts';
import type { HoldPolicy } from './hold-policy.ts';
import { ruleFor } from './hold-rules.ts';

/**
 * The highest number of questions to people in one run. The gate denies later actions without
 * asking. A person who is asked endlessly will finally agree.
 */
export const holdsPerRunMax = 20;
/**
 * The highest numbers of holds of one agent over all its runs: first of holds that wait at once,
 * then of holds that began within `refusalSeconds`.
 */
export const holdsWaitingMax = 10;
export const holdsPerAgentMax = 40;

export interface HoldTerms {
  readonly policy: HoldPolicy;
  readonly subject: HoldSubject;
  /** The digest of the capabilities that the run gets. */
  readonly grants?: Digest | undefined;
  /** The users of the runner and of the sandbox. */
  readonly ownUids: readonly number[];
  /** Whether the operator is at a terminal. */
  readonly atTerminal: boolean;
}

/**
 * The next step for an action: wait for an approver, ask the operator at the terminal, or end with
 * a denial.
 */
export type NextStep =
  | { readonly kind: 'wait' | 'confirm' }
  | { readonly kind: 'end'; readonly state: 'denied' | 'unsupported'; readonly why: string };

export type HoldEnd = 'allowed' | 'denied' | 'expired' | 'unsupported';

export class HoldState {
  readonly #terms: HoldTerms;
  readonly #refused = new Set<Digest>();
  #sent = { requests: 0, bytes: 0 };
  #asked = 0;
  #waiting = 0;
  #since = 0;
  #waited = 0;

  constructor(terms: HoldTerms) {
    this.#terms = terms;
  }

  /** Counts the action, and returns the rule that makes the action wait. */
  take(action: GatedAction): PlannedHold | undefined {
    const { policy, subject } = this.#terms;
    if (action.kind === 'egress')
      this.#sent = {
        requests: this.#sent.requests + 1,
        bytes: this.#sent.bytes + (action.bytes ?? 0),
      };
    return ruleFor(action, subject, policy, this.#sent);
  }

  holdOf(rule: PlannedHold, action: GatedAction, material: HoldMaterial): Hold {
    const { grants, subject } = this.#terms;
    return newHold(subject, rule, holdFieldsOf(action, rule.rule, subject, grants), material);
  }

  /**
   * Returns the next step when no standing answer applies to the hold.
   * @param before numbers for the same agent: holds that wait now, and holds that began recently
   */
  next(
    { agent, scope, rule }: Hold,
    before: { readonly waiting: number; readonly lately: number },
  ): NextStep {
    const { atTerminal, ownUids, policy, subject } = this.#terms;
    if (this.#refused.has(scope))
      return {
        kind: 'end',
        state: 'denied',
        why: 'a person already denied the action in this run',
      };
    const able = policy.approvers.some((one) => canAnswer(one, ownUids));
    // The agent may control its own terminal, so an agent's confirmation at a terminal proves
    // nothing.
    const confirms = atTerminal && subject.agent === 'operator' && policy.approvers.length === 0;
    if (!able && !confirms)
      return {
        kind: 'end',
        state: 'unsupported',
        why: `rule ${rule} demands a person’s answer, and this host has no approver who is independent of the agent`,
      };
    const tooMany =
      before.waiting >= holdsWaitingMax
        ? `${before.waiting} holds of ${agent} already wait for a person`
        : before.lately >= holdsPerAgentMax
          ? `people were already asked ${before.lately} times for ${agent} within ${refusalSeconds / 60} minutes`
          : undefined;
    if (tooMany !== undefined) return { kind: 'end', state: 'denied', why: tooMany };
    if (this.#asked >= holdsPerRunMax)
      return {
        kind: 'end',
        state: 'denied',
        why: `people were already asked ${holdsPerRunMax} times in this run`,
      };
    return { kind: able ? 'wait' : 'confirm' };
  }

  /**
   * Counts a hold as asked and waiting.
   * @param tick milliseconds of a monotonic clock, as in `end` and `waited`
   */
  begin(tick: number): void {
    this.#asked++;
    if (this.#waiting++ === 0) this.#since = tick;
  }

  end({ scope }: Hold, state: HoldEnd, tick: number): void {
    if (state !== 'allowed') this.#refused.add(scope);
    if (--this.#waiting === 0) this.#waited += tick - this.#since;
  }

  /** Returns the milliseconds until `tick` during which at least one action of the run waited. */
  waited(tick: number): number {
    return this.#waited + (this.#waiting === 0 ? 0 : tick - this.#since);
  }
}

/** Returns the audit event for a new state of a hold. */
export function holdEvent(
  { id, rule, what }: Hold,
  state: HoldEnd | 'asked' | 'rejected',
  why: string,
): AuditEvent {
  return { event: 'hold', state, hold: id, rule, what, why };
}

/** Returns the gate's answer for the outcome of a hold. */
export function gateAnswer({ what }: Hold, state: HoldEnd, why: string): GateAnswer {
  return state === 'allowed'
    ? { kind: 'allowed' }
    : { kind: 'denied', code: `hold-${state}`, why: `${what}: ${why}` };
}
