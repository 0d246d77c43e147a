/**
 * The format of the plan of an agent's session, `skillgate.session/1`: everything that the sandbox
 * of an agent's own program gets, line by line.
 */

import type { Digest } from '../../skill/digest.ts';
import type { Ecosystem } from '../../skill/ecosystem.ts';
import type { SkillName } from '../../skill/name.ts';
import type { Version } from '../../skill/version.ts';
import { type BreakerCounter, type BreakerThresholds, breakerTable } from '../agents/breaker.ts';
import type { LeftOut, Plan, PlannedEgress, Refusal } from './plan.ts';

/**
 * Returns the thresholds for an agent's own program. Such programs contact their makers as a matter
 * of course, and their printed output goes to their model. The proxy denies such requests without
 * harm. A sent canary or a request to a private address still opens the breaker at once.
 */
export function sessionThresholds(given: BreakerThresholds): BreakerThresholds {
  const often = (counter: BreakerCounter): number =>
    (given[counter] ?? breakerTable[counter].max) * sessionDenialsFactor;
  return { ...given, denied: often('denied'), 'secret-unbound': often('secret-unbound') };
}

/** The factor by which an agent's own program may cause more denials than a skill. */
const sessionDenialsFactor = 20;

/** A folder or file of this host that the session sees read-only. */
export interface PlannedFolder {
  readonly path: string;
  readonly target: string;
  readonly reason: string;
}

/** A skill whose files lie in the agent's folders, and whose commands run through the runner. */
export interface PlannedSkill {
  readonly name: SkillName;
  readonly version: Version;
  readonly bundle: Digest;
  readonly reason: string;
}

/** A package index as a session reaches it. */
export interface PlannedIndex {
  readonly ecosystem: Ecosystem;
  /** The index's address in host policy. */
  readonly url: string;
  /** The address under which the session reaches the index, without a slash at its end. */
  readonly shown: string;
  readonly minimumAgeDays: number;
  readonly reason: string;
}

/**
 * The name under which rules, holds and breakers refer to an agent's own program, which has no
 * version.
 */
export const sessionSkill = { name: 'session', version: '' } as const;

/** The fields that a session's plan has in common with a run's plan. */
type Shared =
  | 'backend'
  | 'uid'
  | 'gid'
  | 'workingDirectory'
  | 'mounts'
  | 'secrets'
  | 'env'
  | 'limits'
  | 'egressLimits';

export interface SessionPlan extends Pick<Plan, Shared> {
  readonly schema: 'skillgate.session/1';
  readonly agent: string;
  readonly keyId: Digest;
  /** The command, as paths inside the sandbox. */
  readonly command: readonly string[];
  /** The kind of the session's terminal; absent for a session without a terminal. */
  readonly terminal?: string;
  readonly folders: readonly PlannedFolder[];
  /**
   * The request rules for the model's endpoint and for the identity's own egress. The connection to
   * the runner does not count as egress.
   */
  readonly egress: readonly PlannedEgress[];
  /** The package indexes from which the session may fetch packages. */
  readonly indexes: readonly PlannedIndex[];
  readonly skills: readonly PlannedSkill[];
  /** Why the start of the session waits for a person. */
  readonly holds: Plan['holds'];
  readonly leftOut: readonly LeftOut[];
  /** Why the session must not start; empty when the session may start. */
  readonly refused: readonly Refusal[];
}
