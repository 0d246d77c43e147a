/**
 * The plan of an agent's session as a format, `skillgate.session/1`: what the sandbox of an agent's
 * own program gets, line by line.
 */
import type { Digest } from '../../skill/digest.ts';
import type { SkillName } from '../../skill/name.ts';
import type { Version } from '../../skill/version.ts';
import type { LeftOut, Plan, PlannedEgress, Refusal } from './plan.ts';

/** A folder or file of this host that is there read-only. */
export interface PlannedFolder {
  readonly path: string;
  readonly target: string;
  readonly reason: string;
}

/** A skill that lies in the agent's folders, and whose commands go through the runner. */
export interface PlannedSkill {
  readonly name: SkillName;
  readonly version: Version;
  readonly bundle: Digest;
  readonly reason: string;
}

/**
 * By what rules, holds and breakers name an agent's own program, which is no version of anything.
 */
export const sessionSkill = { name: 'session', version: '' } as const;

/** What a session's plan says in the words of a run's. */
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
  /** What is started, as the sandbox knows it. */
  readonly command: readonly string[];
  readonly folders: readonly PlannedFolder[];
  /** The model's endpoint and nothing else; the way to the runner is no egress. */
  readonly egress: readonly PlannedEgress[];
  readonly skills: readonly PlannedSkill[];
  /** Why its start waits for a person. */
  readonly holds: Plan['holds'];
  readonly leftOut: readonly LeftOut[];
  /** Empty when it may start. */
  readonly refused: readonly Refusal[];
}
