/**
 * The plan of a run as a format, `skillgate.plan/1`: what a sandbox gets, line by line with the
 * reason, and what it does not get.
 */
import type { BundlePath } from '../../skill/bundle-path.ts';
import type { SecretUse } from '../../skill/capability.ts';
import type { Digest } from '../../skill/digest.ts';
import type { RunLimits } from '../../skill/manifest.ts';
import type { SkillName } from '../../skill/name.ts';
import type { ProblemCode } from '../../skill/problem-codes.ts';
import type { Version } from '../../skill/version.ts';
import type { PlannedHold } from '../holds/hold.ts';

/** The version to run, as admission found it. */
export interface AdmittedVersion {
  readonly name: SkillName;
  readonly version: Version;
  readonly bundle: Digest;
}

/**
 * What runs a command's file; the sandbox has no other interpreter unless the plan names it as a
 * program.
 */
export type Interpreter = 'node' | 'python3' | 'sh' | 'bash';

/** One address and port that stand for a name on this host. */
export interface PinnedAddress {
  /** An IP address as the operator wrote it. */
  readonly address: string;
  readonly port: number;
}

/** Why the plan has this line. */
interface Line {
  readonly reason: string;
}

export interface PlannedMount extends Line {
  /** `workspace:reports`. */
  readonly source: string;
  readonly path: string;
  /** `device:inode` of the folder that was opened. */
  readonly id: string;
  readonly target: string;
  /** `cow`: the run sees a view of it, and what it changes there waits to be accepted. */
  readonly mode: 'ro' | 'rw' | 'cow';
}

/** Plain HTTP goes to pinned names only; `https` to public addresses too. */
export interface PlannedEgress extends Line {
  readonly scheme: 'http' | 'https';
  /**
   * Whether each request is judged, inside TLS too, or a connection by its name alone, as the
   * operator wants it.
   */
  readonly mode: 'intercept' | 'tunnel';
  /** As approved; may be a pattern. */
  readonly host: string;
  readonly port: number;
  readonly methods: readonly string[];
  readonly path: string;
  /** The exact names of this pattern that host policy pins. */
  readonly pinned: Readonly<Record<string, PinnedAddress>>;
}

export interface PlannedSecret extends Line {
  readonly name: string;
  /** Manifest's hosts ∩ the operator's. */
  readonly hosts: readonly string[];
  /** Only with these methods; absent where the operator named none. */
  readonly methods?: readonly string[];
  readonly as: SecretUse;
}

export interface PlannedEnv extends Line {
  readonly name: string;
  readonly value: string;
}

export interface PlannedProgram extends Line {
  readonly program: string;
  readonly path: string;
}

/** A capability (in the words of `printCapability`) that was asked for and is not given. */
export interface LeftOut extends Line {
  readonly what: string;
}

/** Why this plan must not start; the hint is the code's own where there is none. */
export interface Refusal {
  readonly code: ProblemCode;
  readonly message: string;
  readonly hint?: string;
}

export interface Plan {
  readonly schema: 'skillgate.plan/1';
  readonly skill: AdmittedVersion;
  /** The agent's name, or `operator`. */
  readonly agent: string;
  readonly command: {
    readonly name: string;
    readonly file: BundlePath;
    readonly interpreter: Interpreter | 'none';
  };
  readonly backend: string;
  readonly uid: number;
  readonly gid: number;
  readonly workingDirectory: string;
  readonly mounts: readonly PlannedMount[];
  readonly egress: readonly PlannedEgress[];
  readonly secrets: readonly PlannedSecret[];
  readonly env: readonly PlannedEnv[];
  readonly programs: readonly PlannedProgram[];
  readonly limits: RunLimits & { readonly outputBytes: number; readonly processes: number };
  /** Of all egress together: requests in a minute, and bytes that leave. */
  readonly egressLimits: { readonly requestsPerMinute: number; readonly sentBytes: number };
  readonly leftOut: readonly LeftOut[];
  /** Why its start waits for a person; empty where none is asked. */
  readonly holds: readonly PlannedHold[];
  /** Empty when it may start. */
  readonly refused: readonly Refusal[];
}
