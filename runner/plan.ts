/** The plan of a run: approved ∩ granted to this agent ∩ allowed on this host. Pure data, shown before it runs. */

import type { BundlePath } from '../skills-index/skill/bundle-path.ts';
import { canonicalDigest } from '../skills-index/skill/canonical-json.ts';
import type { Capabilities, SecretUse } from '../skills-index/skill/capability.ts';
import type { Digest } from '../skills-index/skill/digest.ts';
import type { Manifest } from '../skills-index/skill/manifest.ts';
import type { SkillName } from '../skills-index/skill/name.ts';
import type { ProblemCode } from '../skills-index/skill/problem-codes.ts';
import type { Version } from '../skills-index/skill/version.ts';
import { type Agent, whyNotGranted } from './agents.ts';
import type { Interpreter, WantedCommand } from './command.ts';
import type { HostPolicy } from './host-policy.ts';
import { outputBytesMax, processesMax } from './limits.ts';
import { grantedOf, planEgress, planEnv, planMounts, planOwner, planPrograms, planSecrets } from './plan-capabilities.ts';
import type { SecretEntry } from './secrets.ts';

/** The version to run, as admission found it. */
export interface AdmittedVersion {
  readonly name: SkillName;
  readonly version: Version;
  readonly bundle: Digest;
}

/** A folder that host policy names, as it was found when it was opened: where it really is and whose, or why it cannot be used. */
export type WorkspaceFact =
  | { readonly path: string; readonly uid: number; readonly gid: number; readonly id: string }
  | { readonly why: string };

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
  const { admitted, agent, command, manifest } = input;
  const given = grantedOf(input);
  const mounts = planMounts(input, given.capabilities.mount);
  const owner = planOwner(input, mounts.planned);
  const egress = planEgress(input, given.capabilities.egress);
  const secrets = planSecrets(input, given.capabilities.secret);
  const env = planEnv(input, given.capabilities.env);
  const programs = planPrograms(input, given.capabilities.exec);
  const plan: Plan = {
    schema: 'skillgate.plan/1',
    skill: { name: admitted.name, version: admitted.version, bundle: admitted.bundle },
    agent: agent?.name ?? 'operator',
    command: { name: command.name, file: command.file, interpreter: command.interpreter ?? 'none' },
    backend: input.backend,
    uid: owner.uid,
    gid: owner.gid,
    workingDirectory: mounts.planned[0]?.target ?? '/tmp',
    mounts: mounts.planned,
    egress: egress.planned,
    secrets: secrets.planned,
    env: env.planned,
    programs: programs.planned,
    limits: { ...manifest.limits, outputBytes: outputBytesMax, processes: processesMax },
    leftOut: [given, mounts, egress, secrets, env, programs].flatMap((part) => part.leftOut),
    refused: [refusalsOfRun(input), owner.refused, mounts.refused, secrets.refused, programs.refused].flat(),
  };
  return { plan, digest: canonicalDigest(plan) };
}

function refusalsOfRun({ admitted, agent, command, host, hostPolicy, manifest, now }: PlanInput): Refusal[] {
  const notGranted = agent === undefined ? undefined : whyNotGranted(agent, admitted.name, admitted.version, now);
  const lacking = hostPolicy.require.filter((requirement) => !host.gives.includes(requirement));
  const refused = (code: ProblemCode, message: string, hint: string): Refusal => ({ code, message, hint });
  return [
    ...(notGranted === undefined
      ? []
      : [refused('plan-refused', notGranted, `skill agent grant ${agent?.name} --skill ${admitted.name}`)]),
    ...(hostPolicy.holds.length === 0
      ? []
      : [
          refused(
            'hold-unsupported',
            'host policy wants a person to be asked',
            'Remove holds from host.json, or wait for the version that has them.',
          ),
        ]),
    ...(Object.keys(manifest.requires).length === 0
      ? []
      : [
          refused(
            'plan-refused',
            `${manifest.name} requires other skills, which this version cannot give it`,
            'Call them one by one through skill run.',
          ),
        ]),
    ...lacking.map((one) =>
      refused('sandbox-refused', `host policy requires ${one}, which this host cannot give`, 'skill doctor shows what it can.'),
    ),
    ...(command.interpreter === undefined
      ? [
          refused(
            'plan-refused',
            `${command.file} is not TypeScript, JavaScript, Python or shell`,
            'Give it an extension or a first line that names node, python3, sh or bash.',
          ),
        ]
      : []),
  ];
}

/** The plan in lines for people. Nothing in it comes unchecked from outside but paths of host policy and values of env. */
export function printPlan(plan: Plan): string {
  const line = (what: string, reason: string): string => `  ${what}\n      ${reason}`;
  const section = (title: string, lines: readonly string[]): string[] => (lines.length === 0 ? [] : [title, ...lines]);
  return [
    `${plan.skill.name}@${plan.skill.version} ${plan.command.name} (${plan.command.interpreter} ${plan.command.file})`,
    `as ${plan.agent}, uid ${plan.uid}, in ${plan.backend}, working in ${plan.workingDirectory}`,
    `at most ${plan.limits.seconds} s, ${plan.limits.memoryMiB} MiB, ${plan.limits.outputBytes} bytes of output`,
    ...section(
      'mounts',
      plan.mounts.map((one) => line(`${one.mode} ${one.target} <- ${one.path}`, one.reason)),
    ),
    ...section(
      'egress',
      plan.egress.map((one) => line(`${one.methods.join(',')} http://${one.host}:${one.port}${one.path}`, one.reason)),
    ),
    ...section(
      'secrets',
      plan.secrets.map((one) => line(`${one.name} as ${one.as} to ${one.hosts.join(', ')}`, one.reason)),
    ),
    ...section(
      'env',
      plan.env.map((one) => line(`${one.name}=${JSON.stringify(one.value)}`, one.reason)),
    ),
    ...section(
      'programs',
      plan.programs.map((one) => line(one.program, one.reason)),
    ),
    ...section(
      'left out',
      plan.leftOut.map((one) => line(one.what, one.reason)),
    ),
    ...section(
      'refused',
      plan.refused.map((one) => line(`${one.code}: ${one.message}`, one.hint)),
    ),
  ].join('\n');
}
