/**
 * The format of a run's plan, `skillgate.plan/1`: everything that a sandbox gets, line by line with
 * the reason, and everything that was left out.
 */
import type { BundlePath } from '../../skill/bundle-path.ts';
import type { SecretUse } from '../../skill/capability.ts';
import type { Digest } from '../../skill/digest.ts';
import type { Ecosystem } from '../../skill/ecosystem.ts';
import type { RunLimits } from '../../skill/manifest.ts';
import type { SkillName } from '../../skill/name.ts';
import type { ProblemCode } from '../../skill/problem-codes.ts';
import type { Version } from '../../skill/version.ts';
import type { PlannedHold } from '../holds/hold.ts';

/** Bytes that all requests of a run together may send. */
export const egressRunBytesMax = 256 * 1024 * 1024;

export const egressRequestsPerMinuteMax = 3_000;

/** The version to run, as admission verified it. */
export interface AdmittedVersion {
  readonly name: SkillName;
  readonly version: Version;
  readonly bundle: Digest;
}

/**
 * The interpreter of a command's file. The sandbox has another interpreter only when the plan lists
 * that interpreter among its programs.
 */
export type Interpreter = 'node' | 'python3' | 'sh' | 'bash' | 'pwsh';

/** The address and port that replace DNS for a name on this host. */
export interface PinnedAddress {
  /** An IP address as the operator wrote it. */
  readonly address: string;
  readonly port: number;
}

/** The reason why the plan has this line. */
interface Line {
  readonly reason: string;
}

export interface PlannedMount extends Line {
  /** The source in the manifest's words: `workspace:reports`. */
  readonly source: string;
  readonly path: string;
  /** `device:inode` of the opened folder. */
  readonly id: string;
  readonly target: string;
  /**
   * `cow` (copy on write): the run sees a view of the folder, and the run's changes wait for a
   * person to accept them.
   */
  readonly mode: 'ro' | 'rw' | 'cow';
}

/**
 * The run may send plain `http` only to hosts with a pinned address, and `https` and `tcp` also to
 * public addresses.
 */
export interface PlannedEgress extends Line {
  readonly scheme: 'http' | 'https' | 'tcp';
  /**
   * `intercept`: the proxy opens TLS and judges each request. `tunnel`: the proxy judges only the
   * host's name, because the operator wants TLS left closed.
   */
  readonly mode: 'intercept' | 'tunnel';
  /** The host name or pattern that a reviewer approved. */
  readonly host: string;
  readonly port: number;
  readonly methods: readonly string[];
  readonly path: string;
  /** The exact host names that the pattern matches and for which host policy pins an address. */
  readonly pinned: Readonly<Record<string, PinnedAddress>>;
  /**
   * The hosts of which the skill wants a secret in the path, whether or not the run has it. There a
   * request below an open path needs the secret: somebody else may own what lies beside it.
   */
  readonly keyed?: readonly string[];
  /** The ecosystem whose index has this host; the runner answers every request to the host. */
  readonly index?: Ecosystem;
  /**
   * Whether bodies may contain placeholders. An agent's model gets all that programs print, such as
   * the environment. The proxy never replaces a placeholder in a body, so the model gets no secret.
   */
  readonly mayNamePlaceholders?: true;
}

export interface PlannedSecret extends Line {
  readonly name: string;
  /** The hosts that both the manifest and the operator name. */
  readonly hosts: readonly string[];
  /** The only HTTP methods for which the secret is used; absent where the operator named none. */
  readonly methods?: readonly string[];
  /** The only places for which the secret is used, as `host/path/*`; absent for all its hosts. */
  readonly places?: readonly string[];
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

/** The packages of one ecosystem, which the sandbox sees as one read-only folder. */
export interface PlannedPackages extends Line {
  readonly ecosystem: Ecosystem;
  /** The folder in the store of this host. */
  readonly path: string;
  readonly target: string;
  /** Whether this host chose the packages. No approval has their versions then. */
  readonly isHouse?: true;
  /** The name, the version and the digest of the lock's entry of each package. */
  readonly packages: readonly string[];
}

/**
 * A capability that the manifest asks for and the plan does not give, as `printCapability` writes
 * the capability.
 */
export interface LeftOut extends Line {
  readonly what: string;
  /** The next step. A person copies its text, so its addresses are printed as they are. */
  readonly hint?: string;
}

/**
 * A reason why this plan must not start. A refusal without a hint shows the general advice of its
 * code.
 */
export interface Refusal {
  readonly code: ProblemCode;
  readonly message: string;
  readonly hint?: string;
}

export interface Plan {
  readonly schema: 'skillgate.plan/1';
  readonly skill: AdmittedVersion;
  /** The agent's name, or `operator` for a person at the terminal. */
  readonly agent: string;
  readonly command: {
    readonly name: string;
    readonly file: BundlePath;
    readonly interpreter: Interpreter | 'none';
    /** The Python module that starts, from the skill's root; absent where the file starts. */
    readonly module?: string;
    /** The command starts from a writable copy of the skill's folder, which ends with the run. */
    readonly scratch?: true;
  };
  readonly backend: string;
  readonly uid: number;
  readonly gid: number;
  readonly workingDirectory: string;
  readonly mounts: readonly PlannedMount[];
  readonly egress: readonly PlannedEgress[];
  readonly secrets: readonly PlannedSecret[];
  readonly env: readonly PlannedEnv[];
  readonly packages: readonly PlannedPackages[];
  readonly programs: readonly PlannedProgram[];
  /** The programs that every sandbox has, declared or not. */
  readonly base: readonly Omit<PlannedProgram, 'reason'>[];
  readonly limits: RunLimits & {
    readonly outputBytes: number;
    readonly processes: number;
    /** Sizes of `/tmp` and of HOME, which end with the run. */
    readonly temporaryMiB: number;
    readonly homeMiB: number;
    /** MiB that the run may change in each writable folder. */
    readonly changesMiB: number;
  };
  /** Limits on all egress of the run together: requests in a minute, and bytes sent. */
  readonly egressLimits: { readonly requestsPerMinute: number; readonly sentBytes: number };
  readonly leftOut: readonly LeftOut[];
  /** Why the start waits for a person; empty when the start need not wait. */
  readonly holds: readonly PlannedHold[];
  /** Why the plan must not start; empty when the plan may start. */
  readonly refused: readonly Refusal[];
}
