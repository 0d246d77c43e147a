/**
 * What the gate of one run knows: what was sent, how often a person was asked, what they refused,
 * how long was waited. Pure: time and chance are given.
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
import { aboutAction } from './hold-action.ts';
import { canAnswer, refusalSeconds } from './hold-answer.ts';
import type { HoldPolicy } from './hold-policy.ts';
import { ruleFor } from './hold-rules.ts';

/** Above it a run is refused without asking: who is asked without end says yes in the end. */
export const holdsPerRunMax = 20;
/**
 * The same of an agent over all its runs: so many that wait at once, and so many begun within
 * `refusalSeconds`.
 */
export const holdsWaitingMax = 10;
export const holdsPerAgentMax = 40;

export interface HoldTerms {
  readonly policy: HoldPolicy;
  readonly subject: HoldSubject;
  /** Digest of what the run is given. */
  readonly grants?: Digest | undefined;
  /** Users of the runner and of the sandbox. */
  readonly ownUids: readonly number[];
  /** Whether the operator sits at a terminal. */
  readonly atTerminal: boolean;
}

/**
 * How an action goes on: a person is waited for, the operator is asked at the terminal, or it ends
 * here.
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

  /** Counts the action, and answers with the rule that wants a person for it. */
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
    return newHold(subject, rule, aboutAction(action, rule.rule, subject, grants), material);
  }

  /**
   * Where no answer stands.
   * @param before of the same agent: holds that wait now, and holds for which people were asked
   * lately
   */
  next(
    { agent, scope, rule }: Hold,
    before: { readonly waiting: number; readonly lately: number },
  ): NextStep {
    const { atTerminal, ownUids, policy, subject } = this.#terms;
    if (this.#refused.has(scope))
      return { kind: 'end', state: 'denied', why: 'a person said no to it in this run' };
    const able = policy.approvers.some((one) => canAnswer(one, ownUids));
    // An agent's own terminal proves nobody.
    const confirms = atTerminal && subject.agent === 'operator' && policy.approvers.length === 0;
    if (!able && !confirms)
      return {
        kind: 'end',
        state: 'unsupported',
        why: `rule ${rule} wants a person, and nobody who is not the agent can answer here`,
      };
    const tooMany =
      before.waiting >= holdsWaitingMax
        ? `${before.waiting} holds of ${agent} wait for a person already`
        : before.lately >= holdsPerAgentMax
          ? `people were asked for ${agent} ${before.lately} times within ${refusalSeconds / 60} minutes already`
          : undefined;
    if (tooMany !== undefined) return { kind: 'end', state: 'denied', why: tooMany };
    if (this.#asked >= holdsPerRunMax)
      return {
        kind: 'end',
        state: 'denied',
        why: `a person was asked ${holdsPerRunMax} times in this run already`,
      };
    return { kind: able ? 'wait' : 'confirm' };
  }

  /** @param tick milliseconds of a clock that only goes forward, here and below */
  begin(tick: number): void {
    this.#asked++;
    if (this.#waiting++ === 0) this.#since = tick;
  }

  end({ scope }: Hold, state: HoldEnd, tick: number): void {
    if (state !== 'allowed') this.#refused.add(scope);
    if (--this.#waiting === 0) this.#waited += tick - this.#since;
  }

  /** Milliseconds for which at least one action waited, up to now. */
  waited(tick: number): number {
    return this.#waited + (this.#waiting === 0 ? 0 : tick - this.#since);
  }
}

/** How it is recorded. */
export function holdEvent(
  { id, rule, what }: Hold,
  state: HoldEnd | 'asked' | 'rejected',
  why: string,
): AuditEvent {
  return { event: 'hold', state, hold: id, rule, what, why };
}

/** How the one who asked is answered. */
export function gateAnswer({ what }: Hold, state: HoldEnd, why: string): GateAnswer {
  return state === 'allowed'
    ? { kind: 'allowed' }
    : { kind: 'denied', code: `hold-${state}`, why: `${what}: ${why}` };
}
