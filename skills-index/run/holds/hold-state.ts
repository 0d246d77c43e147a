/**
 * The state of one run's gate: the sent bytes and requests, the questions to people, the denied
 * questions, and the time that the run waited. Pure: time and randomness are parameters.
 */
import { coversHost } from '../../network/host-name.ts';
import type { Digest } from '../../skill/digest.ts';
import { canonicalDigest } from '../../skill/text/canonical-json.ts';
import type { AuditEvent } from '../audit/audit-entry.ts';
import type { Plan } from '../plan/plan.ts';
import {
  type GateAnswer,
  type GatedAction,
  type Hold,
  type HoldMaterial,
  type HoldSubject,
  newHold,
  type PlannedHold,
} from './hold.ts';
import { canAnswer, holdFieldsOf, refusalSeconds } from './hold-action.ts';
import {
  type HoldCondition,
  type HoldPolicy,
  holdSecondsDefault,
  isAboutRequests,
} from './hold-policy.ts';

// Decides which actions wait for a person, by the rules of host policy and by built-in rules. Pure.

/** The parts of a plan that hold rules compare. */
export interface HeldPlan
  extends Pick<Plan, 'agent' | 'egress' | 'env' | 'mounts' | 'programs' | 'secrets'> {
  /** The skill's name; `session` stands for an agent's own program. */
  readonly skill: { readonly name: string };
}

type Who = Pick<HoldSubject, 'agent' | 'skill'>;

/** The requests and bytes of a run so far, the current request included. */
interface Sent {
  readonly requests: number;
  readonly bytes: number;
}

/** Returns the capabilities of a plan, as `printCapability` writes the capabilities. */
export function capabilityTexts({
  egress,
  env,
  mounts,
  programs,
  secrets,
}: Omit<HeldPlan, 'agent' | 'skill'>): string[] {
  return [
    ...mounts.map((one) => `mount ${one.mode} ${one.source} at ${one.target}`),
    ...egress.map((one) => `egress ${one.methods.join(',')} ${one.host}${one.path}`),
    ...secrets.map((one) => `secret ${one.name} as ${one.as} to ${one.hosts.join(', ')}`),
    ...env.map((one) => `env ${one.name}`),
    ...programs.map((one) => `exec ${one.program}`),
  ];
}

/**
 * Returns why the start of this plan waits: each matching rule of host policy, and each `rw` mount
 * that host policy does not list as writable.
 */
export function plannedHolds(plan: HeldPlan, policy: HoldPolicy): PlannedHold[] {
  // A rule may name a single method of an egress line that has several methods.
  const methods = plan.egress.flatMap((one) =>
    one.methods.map((method) => ({ ...one, methods: [method] })),
  );
  const capabilities = [...capabilityTexts(plan), ...capabilityTexts({ ...plan, egress: methods })];
  const who = { agent: plan.agent, skill: plan.skill.name };
  const byRule = policy.holds
    .filter(({ when }) => !isAboutRequests(when) && isAbout(when, who, policy))
    .filter(
      ({ when: { capability } }) =>
        capability === undefined || capabilities.some((one) => begins(one, capability)),
    )
    .map(holdOf);
  const writes = plan.mounts
    .filter(
      (one) =>
        one.mode === 'rw' && !policy.writable.includes(one.source.replace(/^workspace:/, '')),
    )
    .map((one) => ({
      rule: 'rw-mount',
      seconds: holdSecondsDefault,
      reason: `${one.source} is mounted rw from ${one.path}, and "writable" of host policy does not name it`,
    }));
  return [...byRule, ...writes];
}

/** Returns the rules that make an action wait; undefined when the action need not wait. */
export function ruleFor(
  action: GatedAction,
  who: Who,
  policy: HoldPolicy,
  sent: Sent,
): PlannedHold | undefined {
  switch (action.kind) {
    case 'start':
      return action.holds.length === 0 ? undefined : joinHolds(action.holds);
    case 'install':
      return {
        rule: 'install',
        seconds: holdSecondsDefault,
        reason: 'no grant of the agent covers this version',
      };
    case 'apply':
      return {
        rule: 'apply',
        seconds: holdSecondsDefault,
        reason: 'changes of a copy need a person’s acceptance',
      };
    case 'egress': {
      const rules = policy.holds.filter(
        ({ when }) =>
          isAboutRequests(when) && isAbout(when, who, policy) && isRequest(when, action, sent),
      );
      // One question names all rules. So a standing answer under a wide rule passes no request that
      // a narrower rule is about.
      const undeclared = { rule: 'undeclared', seconds: holdSecondsDefault, reason: 'no grant' };
      const all = [...(action.asks === undefined ? [] : [undeclared]), ...rules.map(holdOf)];
      return all.length === 0 ? undefined : joinHolds(all);
    }
  }
}

/**
 * Returns the digest of the capabilities that a plan gives, without anything that changes from one
 * start to the next.
 */
export function grantsDigest({
  egress,
  env,
  mounts,
  programs,
  secrets,
}: Omit<HeldPlan, 'agent' | 'skill'>): Digest {
  return canonicalDigest({ egress, env, mounts, programs, secrets });
}

function holdOf({ name, seconds, when }: HoldPolicy['holds'][number]): PlannedHold {
  return { rule: name, seconds, reason: `host policy: ${describeCondition(when)}` };
}

function joinHolds(holds: readonly PlannedHold[]): PlannedHold {
  return {
    rule: [...new Set(holds.map((one) => one.rule))].join(', '),
    seconds: Math.min(...holds.map((one) => one.seconds)),
    reason: holds.map((one) => one.reason).join('; '),
  };
}

function isAbout(when: HoldCondition, { agent, skill }: Who, { highStakes }: HoldPolicy): boolean {
  if (when.agent !== undefined && when.agent !== agent) return false;
  if (when.skill !== undefined && !namesSkill(when.skill, skill)) return false;
  return when.tag === undefined || highStakes.some((one) => namesSkill(one, skill));
}

function isRequest(
  when: HoldCondition,
  { bytes: own, host, method, opens, path }: GatedAction & { kind: 'egress' },
  { bytes, requests }: Sent,
): boolean {
  if (when.host !== undefined && !coversHost(when.host, host)) return false;
  // Requests inside a tunnel are invisible, and a WebSocket has no further requests. So a rule
  // about requests also applies when the tunnel or WebSocket opens.
  if (opens === 'tunnel') return true;
  const isOpening = opens !== undefined;
  if (when.method !== undefined && when.method !== method && !isOpening) return false;
  if (when.path !== undefined && !isPathCovered(when.path, path)) return false;
  return (
    (when.bytesOver === undefined || own === undefined || isOpening || bytes > when.bytesOver) &&
    (when.countOver === undefined || isOpening || requests > when.countOver)
  );
}

function namesSkill(pattern: string, skill: string): boolean {
  return pattern.endsWith('/*') ? skill.startsWith(pattern.slice(0, -1)) : skill === pattern;
}

function begins(text: string, words: string): boolean {
  return text === words || text.startsWith(`${words} `);
}

function describeCondition(when: HoldCondition): string {
  return (
    Object.entries(when)
      .map(([member, value]) => `${member} ${value}`)
      .join(', ') || 'every start'
  );
}

// Compares the path of a request with the path of a hold rule. A server may accept many spellings
// of one path, and a rule must cover all spellings. Normalisation is deliberately coarse: asking
// once too often does less harm than not asking. Pure.

/**
 * Whether a rule covers the path of a request: the same path, or a path below the rule's path. A
 * `*` at the end of the rule's path matches any text.
 * @param rule the path in host policy
 */
export function isPathCovered(rule: string, path: string): boolean {
  const isPattern = rule.endsWith('*');
  const wanted = segmentsOf(isPattern ? rule.slice(0, rule.lastIndexOf('/')) : rule);
  const asked = segmentsOf(path);
  if (!wanted.every((segment, at) => isSame(segment, asked[at], at === asked.length - 1)))
    return false;
  const begins = isPattern ? folded(rule.slice(rule.lastIndexOf('/') + 1, -1)) : '';
  const next = asked[wanted.length] ?? '';
  // Normalisation removes characters from the end of a segment, so the prefix is compared with and
  // without these characters.
  return next.startsWith(begins) || isSame(trimmed(begins), next, false);
}

// Servers ignore empty segments and the segment `.`, and resolve the segment `..`.
function segmentsOf(path: string): string[] {
  const out: string[] = [];
  for (const segment of folded(path).split(/[/\\]/)) {
    if (segment === '..') out.pop();
    else if (trimmed(segment) !== '') out.push(trimmed(segment));
  }
  return out;
}

// Undoes repeated percent-encoding, letter case and Unicode forms of a path.
function folded(text: string): string {
  let before = '';
  let decoded = text;
  for (let times = 0; times < timesDecodedMax && decoded !== before; times++)
    [before, decoded] = [decoded, decoded.replace(/(%[0-9a-f]{2})+/gi, decodedOr)];
  return decoded.normalize('NFKC').toUpperCase().toLowerCase();
}

const timesDecodedMax = 5;

function decodedOr(escapes: string): string {
  try {
    return decodeURIComponent(escapes);
  } catch {
    return escapes.replace(/%(..)/g, (_, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    );
  }
}

// Removes parameters of a segment (RFC 3986 §3.3), Windows file streams, and the dots and spaces
// that Windows drops from the end of a name.
function trimmed(segment: string): string {
  return segment.replace(/;.*|:[:$].*/s, '').replace(/^[\s\p{C}]+|[\s\p{C}.]+$/gu, '');
}

// Many servers take a file extension as the wanted format, so a path matches with or without an
// extension. In the last segment, frameworks take everything behind the first dot as the extension.
// In earlier segments `v1.2` and `v1.3` are different.
function isSame(wanted: string, asked: string | undefined, isLast: boolean): boolean {
  if (asked === undefined) return false;
  const extension = isLast ? /(?<=.)\..*$/s : /(?<=.)\.[a-z][a-z0-9]{0,9}$/;
  return wanted === asked || wanted.replace(extension, '') === asked.replace(extension, '');
}

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
type NextStep =
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
