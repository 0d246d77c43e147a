/**
 * The state of one run's gate: what was sent, how often people were asked, what they denied, and
 * how long the run waited. Pure: time and randomness are parameters.
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
 * The most questions of one run; later ones are denied without asking. A person who is asked
 * endlessly will finally agree.
 */
export const holdsPerRunMax = 20;
/**
 * The most holds of one agent over all its runs: first those that wait at once, then those that
 * began within `refusalSeconds`.
 */
export const holdsWaitingMax = 10;
export const holdsPerAgentMax = 40;

export interface HoldTerms {
  readonly policy: HoldPolicy;
  readonly subject: HoldSubject;
  /** Digest of the capabilities that the run is given. */
  readonly grants?: Digest | undefined;
  /** The users of the runner and of the sandbox. */
  readonly ownUids: readonly number[];
  /** Whether the operator is at a terminal. */
  readonly atTerminal: boolean;
}

/**
 * The next step for an action: wait for a person, ask the operator at the terminal, or end here.
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

  /** Counts the action, and returns the rule that demands a person for it. */
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
   * The next step when no standing answer applies.
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
    // The agent may control its own terminal, so a confirmation there proves nothing.
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

  /** @param tick milliseconds of a monotonic clock, here and in the following methods */
  begin(tick: number): void {
    this.#asked++;
    if (this.#waiting++ === 0) this.#since = tick;
  }

  end({ scope }: Hold, state: HoldEnd, tick: number): void {
    if (state !== 'allowed') this.#refused.add(scope);
    if (--this.#waiting === 0) this.#waited += tick - this.#since;
  }

  /** The milliseconds up to now during which at least one action waited. */
  waited(tick: number): number {
    return this.#waited + (this.#waiting === 0 ? 0 : tick - this.#since);
  }
}

/** A state of a hold as an event of the audit log. */
export function holdEvent(
  { id, rule, what }: Hold,
  state: HoldEnd | 'asked' | 'rejected',
  why: string,
): AuditEvent {
  return { event: 'hold', state, hold: id, rule, what, why };
}

/** The outcome of a hold as the answer to the code that asked the gate. */
export function gateAnswer({ what }: Hold, state: HoldEnd, why: string): GateAnswer {
  return state === 'allowed'
    ? { kind: 'allowed' }
    : { kind: 'denied', code: `hold-${state}`, why: `${what}: ${why}` };
}
