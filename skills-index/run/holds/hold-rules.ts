/**
 * Decides which actions wait for a person, by the rules of host policy and by built-in rules. Pure.
 */

import { coversHost } from '../../network/host-name.ts';
import type { Digest } from '../../skill/digest.ts';
import { canonicalDigest } from '../../skill/text/canonical-json.ts';
import type { Plan } from '../plan/plan.ts';
import type { GatedAction, HoldSubject, PlannedHold } from './hold.ts';
import { isPathCovered } from './hold-path.ts';
import {
  type HoldCondition,
  type HoldPolicy,
  holdSecondsDefault,
  isAboutRequests,
} from './hold-policy.ts';

/** The parts of a plan that hold rules compare. */
export interface HeldPlan
  extends Pick<Plan, 'agent' | 'egress' | 'env' | 'mounts' | 'programs' | 'secrets'> {
  /** The skill's name; `session` stands for an agent's own program. */
  readonly skill: { readonly name: string };
}

type Who = Pick<HoldSubject, 'agent' | 'skill'>;

/** The requests and bytes of a run so far, the current request included. */
export interface Sent {
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
      return rules.length === 0 ? undefined : joinHolds(rules.map(holdOf));
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
