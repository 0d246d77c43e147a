/** The plan of a run: approved ∩ granted to this agent ∩ allowed on this host. Pure data, shown before it runs. */
import type { BundlePath } from '../skills-index/skill/bundle-path.ts';
import type { Capabilities, SecretUse } from '../skills-index/skill/capability.ts';
import type { Digest } from '../skills-index/skill/digest.ts';
import type { Manifest } from '../skills-index/skill/manifest.ts';
import type { SkillName } from '../skills-index/skill/name.ts';
import { Problem } from '../skills-index/skill/problem.ts';
import type { ProblemCode } from '../skills-index/skill/problem-codes.ts';
import type { Version } from '../skills-index/skill/version.ts';
import type { Agent } from './agents.ts';
import type { HostPolicy } from './host-policy.ts';
import type { SecretEntry } from './secrets.ts';

export type Interpreter = 'node' | 'python3' | 'sh' | 'bash';

/** The version to run, as admission found it. */
export interface AdmittedVersion {
  readonly name: SkillName;
  readonly version: Version;
  readonly bundle: Digest;
}

/** The command to run, as its file says. */
export interface WantedCommand {
  /** As it was called: a command's name, or the path of an executable file. */
  readonly name: string;
  readonly file: BundlePath;
  /** Absent when neither extension nor first line names one that a sandbox has. */
  readonly interpreter: Interpreter | undefined;
}

/** A folder that host policy names, as it was found when it was opened. */
export interface WorkspaceFact {
  /** The resolved absolute path, or why it cannot be used. */
  readonly found:
    | { readonly path: string; readonly uid: number; readonly gid: number; readonly id: string }
    | { readonly why: string };
}

/** What was found out about this host before planning, so that planning needs no I/O. */
export interface HostFacts {
  /** Whether the runner is root, so that a run takes another uid. */
  readonly root: boolean;
  readonly uid: number;
  readonly gid: number;
  readonly workspaces: Readonly<Record<string, WorkspaceFact>>;
  /** Program → absolute path on this host; absent when it is not there. */
  readonly programs: Readonly<Record<string, string>>;
  /** What this host's sandbox can give. */
  readonly gives: readonly string[];
}

export interface PlanInput {
  readonly admitted: AdmittedVersion;
  readonly manifest: Manifest;
  readonly approved: Capabilities;
  readonly command: WantedCommand;
  /** Absent for a person at the terminal. */
  readonly agent?: Agent;
  readonly hostPolicy: HostPolicy;
  readonly secrets: readonly SecretEntry[];
  readonly host: HostFacts;
  readonly backend: 'bubblewrap' | 'bare';
  readonly now: Date;
}

export interface PlannedMount {
  /** `workspace:reports`. */
  readonly source: string;
  readonly path: string;
  /** `device:inode` of the folder that was opened. */
  readonly id: string;
  readonly target: string;
  readonly mode: 'ro' | 'rw';
  readonly reason: string;
}

/** Plain HTTP to one pinned name. */
export interface PlannedEgress {
  /** As approved; may be a pattern. */
  readonly host: string;
  readonly port: number;
  readonly methods: readonly string[];
  readonly path: string;
  /** The exact names of this pattern that host policy pins. */
  readonly pinned: Readonly<Record<string, { readonly address: string; readonly port: number }>>;
  readonly reason: string;
}

export interface PlannedSecret {
  readonly name: string;
  /** Manifest's hosts ∩ the operator's. */
  readonly hosts: readonly string[];
  readonly as: SecretUse;
  readonly reason: string;
}

export interface PlannedEnv {
  readonly name: string;
  readonly value: string;
  readonly reason: string;
}

export interface PlannedProgram {
  readonly program: string;
  readonly path: string;
  readonly reason: string;
}

/** What was asked for and is not given, and why. */
export interface LeftOut {
  /** The capability in words, as `printCapability` writes it. */
  readonly what: string;
  readonly reason: string;
}

/** Why this plan must not start. */
export interface Refusal {
  readonly code: ProblemCode;
  readonly message: string;
  readonly hint: string;
}

export interface Plan {
  readonly schema: 'skillgate.plan/1';
  readonly skill: AdmittedVersion;
  /** The agent's name, or `operator`. */
  readonly agent: string;
  readonly command: { readonly name: string; readonly file: BundlePath; readonly interpreter: Interpreter | 'none' };
  readonly backend: 'bubblewrap' | 'bare';
  readonly uid: number;
  readonly gid: number;
  readonly workingDirectory: string;
  readonly mounts: readonly PlannedMount[];
  readonly egress: readonly PlannedEgress[];
  readonly secrets: readonly PlannedSecret[];
  readonly env: readonly PlannedEnv[];
  readonly programs: readonly PlannedProgram[];
  readonly limits: {
    readonly seconds: number;
    readonly memoryMiB: number;
    readonly outputBytes: number;
    readonly processes: number;
  };
  readonly leftOut: readonly LeftOut[];
  /** Empty when it may start. */
  readonly refused: readonly Refusal[];
}

/** Intersects what was approved, granted and allowed. Never throws: a plan that must not start says so in `refused`. */
export function planRun(input: PlanInput): { readonly plan: Plan; readonly digest: Digest } {
  throw new Problem('internal', `not written yet: ${input.admitted.name}`);
}

/** The plan in lines for people. */
export function printPlan(plan: Plan): string {
  throw new Problem('internal', `not written yet: ${plan.skill.name}`);
}
