/**
 * The circuit breaker of a skill version under one agent, as a format and a state machine. The
 * breaker's table says which events count, over which time, and which threshold opens the breaker.
 * Pure.
 */
import * as v from 'valibot';
import { exactObject } from '../../skill/shape.ts';
import { canonicalDigest } from '../../skill/text/canonical-json.ts';
import type { AuditEvent } from '../audit/audit-entry.ts';
import {
  type Hold,
  type HoldMaterial,
  type HoldSubject,
  holdShape,
  newHold,
} from '../holds/hold.ts';

/**
 * The thresholds that open a breaker, and the time over which the breaker counts each kind of
 * event. An operator may change a threshold, but not remove a threshold.
 */
export const breakerTable = {
  denied: { max: 5, windowSeconds: 600, means: 'requests that were denied' },
  'secret-unbound': {
    max: 1,
    windowSeconds: 3_600,
    means: 'a secret was used where it is not bound',
  },
  'private-address': { max: 1, windowSeconds: 3_600, means: 'a name led to a private address' },
  canary: { max: 1, windowSeconds: 3_600, means: 'a canary credential was about to leave' },
  'bytes-out': { max: 512 * 1024 * 1024, windowSeconds: 3_600, means: 'bytes sent' },
  'spawn-failed': { max: 3, windowSeconds: 600, means: 'starts that failed' },
} as const satisfies Record<string, { max: number; windowSeconds: number; means: string }>;

export type BreakerCounter = keyof typeof breakerTable;

/** Thresholds that the operator sets in place of those in `breakerTable`. */
export type BreakerThresholds = Readonly<Partial<Record<BreakerCounter, number | undefined>>>;

/** The highest threshold that host policy may set. */
export const breakerThresholdMax = 1024 ** 4;
/** The breaker stores counts in steps of so many milliseconds, so that its file stays small. */
const stepMs = 10_000;

/** The agent and version whose misbehaviour the breaker counts together. */
export interface BreakerSubject {
  readonly agent: string;
  readonly skill: string;
  readonly version: string;
}

export interface BreakerState extends BreakerSubject {
  readonly schema: 'skillgate.breaker/1';
  /**
   * The counts of each counter: the time (milliseconds since 1970, rounded down to a step) and the
   * amount.
   */
  readonly counts: Readonly<
    Partial<Record<BreakerCounter, readonly (readonly [at: number, amount: number])[]>>
  >;
  /**
   * The cause of the opening and a hold; present while the breaker is open. A person answers the
   * hold to close the breaker.
   */
  readonly open?: OpenBreaker | undefined;
}

export interface OpenBreaker {
  readonly counter: BreakerCounter;
  readonly why: string;
  /** The hold that a person answers to close the breaker. */
  readonly hold: Hold;
}

export function closedBreaker({ agent, skill, version }: BreakerSubject): BreakerState {
  return { schema: 'skillgate.breaker/1', agent, skill, version, counts: {} };
}

/** The input for counting and opening a breaker. */
export interface BreakerTerms extends HoldMaterial {
  readonly thresholds: BreakerThresholds;
  readonly subject: HoldSubject;
}

/**
 * Adds to a counter, and opens the breaker at the threshold. This function never closes a breaker.
 * Counts from before the time window are dropped. Counts from the future, which appear when a clock
 * was set back, are kept.
 */
export function countBreaker(
  state: BreakerState,
  counter: BreakerCounter,
  amount: number,
  terms: BreakerTerms,
): BreakerState {
  const { max, means, windowSeconds } = breakerTable[counter];
  const step = Math.floor(terms.now.getTime() / stepMs) * stepMs;
  const kept = stepsInWindow(state, counter, terms.now);
  const same = kept.find(([at]) => at === step)?.[1] ?? 0;
  const steps = [...kept.filter(([at]) => at !== step), [step, same + amount] as const];
  const counted = { ...state, counts: { ...state.counts, [counter]: steps } };
  const sum = steps.reduce((all, [, each]) => all + each, 0);
  const threshold = terms.thresholds[counter] ?? max;
  if (sum < threshold || state.open !== undefined) return counted;
  const why = `${means}: ${sum} within ${windowSeconds / 60} minutes, and ${threshold} open the breaker`;
  return { ...counted, open: { counter, why, hold: breakerHold(why, terms) } };
}

/** Returns the amount of a counter within the counter's time window. */
export function countedBy(
  state: BreakerState | undefined,
  counter: BreakerCounter,
  now: Date,
): number {
  return state === undefined
    ? 0
    : stepsInWindow(state, counter, now).reduce((all, [, each]) => all + each, 0);
}

function stepsInWindow({ counts }: BreakerState, counter: BreakerCounter, now: Date) {
  const begin = now.getTime() - breakerTable[counter].windowSeconds * 1_000;
  return (counts[counter] ?? []).filter(([at]) => at + stepMs > begin);
}

// The hold that a person answers to close the breaker. Such a hold practically never expires.
function breakerHold(why: string, { subject, ...material }: BreakerTerms): Hold {
  const { agent, skill, version } = subject;
  const rule = { rule: 'breaker', seconds: 10 * 365 * 86_400, reason: why };
  const scope = canonicalDigest({ breaker: { agent, skill, version }, nonce: material.nonce });
  return newHold(
    subject,
    rule,
    {
      kind: 'breaker',
      what: `let ${nameOfSubject(subject)} run again under ${agent}, after ${why}`,
      scope,
    },
    material,
  );
}

/** The name of the stopped program, for people. An agent's own program has no version. */
export function nameOfSubject({
  skill,
  version,
}: Pick<BreakerSubject, 'skill' | 'version'>): string {
  return version === '' ? `the ${skill}` : `${skill}@${version}`;
}

/** A state of the breaker as an event of the audit log. */
export function breakerEvent(
  { counter, hold }: OpenBreaker,
  state: 'opened' | 'closed',
  why: string,
): AuditEvent {
  return { event: 'breaker', state, counter, hold: hold.id, why };
}

/**
 * The message and hint of a refusal: which counter opened the breaker, where to look, and how a
 * person closes it.
 */
export function openBreakerProblem({
  hold,
  why,
}: OpenBreaker): [message: string, more: { readonly hint: string }] {
  const { agent, id, run } = hold;
  return [
    `${nameOfSubject(hold)} is stopped for ${agent === 'operator' ? 'the operator' : `agent ${agent}`}: its breaker opened. ${why}`,
    {
      hint: `skillgate agent log ${agent} shows what run ${run} did; a person closes the breaker with skillgate hold allow ${id}`,
    },
  ];
}

// Denials that prove nothing against the skill: the other side failed, or a person denied the
// request.
const innocent = [
  'secret-expired',
  'unreachable',
  'unresolved',
  'answer-too-large',
  'answer-encoded',
  'answer-malformed',
  'tls-failed',
  'held',
  'unasked',
  'over-budget',
  'too-fast',
];

// Grave denials: a single grave denial opens the breaker, because no honest skill causes one.
const grave: Readonly<Record<string, BreakerCounter>> = {
  'secret-unbound': 'secret-unbound',
  canary: 'canary',
  'address-denied': 'private-address',
};

/** Returns the counters to which an event adds. The gate counts the sent bytes instead. */
export function countersOf(event: AuditEvent): BreakerCounter[] {
  if (event.event === 'egress' && event.decision === 'denied') {
    const counter = grave[event.why];
    if (counter !== undefined) return [counter, 'denied'];
    return innocent.includes(event.why) || event.why.startsWith('proxy-') ? [] : ['denied'];
  }
  return event.event === 'canary' ? ['canary'] : [];
}

const counterNames = Object.keys(breakerTable) as BreakerCounter[];
const counterName = v.picklist(counterNames);
const time = v.pipe(v.number(), v.integer());
const steps = v.array(v.strictTuple([time, v.pipe(v.number(), v.minValue(0))]));

/** The shape of the file that stores a breaker. */
export const breakerShape = exactObject({
  schema: v.literal('skillgate.breaker/1'),
  agent: v.string(),
  skill: v.string(),
  version: v.string(),
  counts: exactObject(Object.fromEntries(counterNames.map((one) => [one, v.exactOptional(steps)]))),
  open: v.exactOptional(exactObject({ counter: counterName, why: v.string(), hold: holdShape })),
});
