/**
 * The types of a run's request and result. This file holds types only, so that every part of a run
 * can import them.
 */
import type { Agent } from '../../skills-index/run/agents/agent.ts';
import type { ChangeSet, KeptFolder, LeftBehind } from '../../skills-index/run/changes/changes.ts';
import type { HoldHands } from '../../skills-index/run/holds/hold.ts';
import type { HostPolicy } from '../../skills-index/run/plan/host-policy.ts';
import type { AdmittedVersion, Plan } from '../../skills-index/run/plan/plan.ts';
import type { Bundle } from '../../skills-index/skill/bundle.ts';
import type { BundlePath } from '../../skills-index/skill/bundle-path.ts';
import type { Capabilities, PackageCapability } from '../../skills-index/skill/capability.ts';
import type { Digest } from '../../skills-index/skill/digest.ts';
import type { Ecosystem } from '../../skills-index/skill/ecosystem.ts';
import type { Manifest } from '../../skills-index/skill/manifest.ts';
import type { Audit } from '../audit/audit.ts';
import type { Secrets } from '../egress/secrets.ts';
import type { UpstreamProxy } from '../egress/settings.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';

/**
 * An admitted version with its files, as the catalogue returns them. The runner verifies every byte
 * of the files again.
 */
export interface SkillToRun {
  readonly admitted: AdmittedVersion;
  readonly bundle: Bundle;
  readonly contents: ReadonlyMap<BundlePath, Uint8Array>;
}

/**
 * The surroundings of a run: the agent, the host's policy and folders, the audit log, and the
 * streams.
 */
export interface RunWorld {
  /** The agent identity of the run; absent when a person runs the skill at the terminal. */
  readonly agent?: Agent;
  readonly hostPolicy: HostPolicy;
  /** The secrets that this host stores; absent when this host stores none. */
  readonly secrets?: Secrets;
  /** Opens the proxy of host policy; absent where host policy names none. */
  readonly openProxy?: (() => Promise<UpstreamProxy>) | undefined;
  /** Skillgate's own folders; no run can mount them. */
  readonly paths: { readonly config: string; readonly data: string; readonly cache: string };
  readonly audit: Audit;
  /** Tells approvers about a hold. */
  readonly hands?: HoldHands;
  readonly stdin?: Uint8Array | AsyncIterable<Uint8Array> | undefined;
  readonly onStdout: (chunk: Uint8Array) => void;
  readonly onStderr: (chunk: Uint8Array) => void;
  readonly signal?: AbortSignal;
  /** Further events that end the run, such as a revocation of the skill. */
  readonly stops?: readonly Stop[];
  readonly now: () => Date;
}

export interface RunRequest extends RunWorld {
  readonly skill: SkillToRun;
  readonly manifest: Manifest;
  readonly approved: Capabilities;
  /**
   * The name of a command, or the bundle path of an executable file. Absent when the manifest has
   * exactly one command.
   */
  readonly command?: string;
  readonly args: readonly string[];
  /**
   * The host's own packages that the caller chose for a manifest that leaves versions to the host.
   */
  readonly house?: Readonly<Partial<Record<Ecosystem, readonly PackageCapability[]>>>;
  /** The caller's reason for the run; the audit log records it. */
  readonly why?: string;
  /** The sandbox of the run; bubblewrap by default. */
  readonly sandbox?: Sandbox;
}

export type EndReason =
  | 'exit'
  | `limit:${'seconds' | 'memory' | 'processes' | 'output' | 'denials' | 'budget'}`
  | 'canary'
  | 'breaker'
  | 'revoked'
  | 'proxy'
  | 'killed';

/** An event that ends a running sandbox, and the reason that the audit log then records. */
export interface Stop {
  readonly signal: AbortSignal;
  readonly reason: EndReason;
}

/** The end of a run of a skill or of a session. */
export interface RunEnd {
  readonly run: string;
  readonly reason: EndReason;
  /** The command's exit code; null when the runner or a signal ended the command. */
  readonly code: number | null;
  readonly milliseconds: number;
  readonly egress: { readonly allowed: number; readonly denied: number };
  /** Paths that the run changed and that the change set omits, with the reason for each path. */
  readonly cleaned: readonly LeftBehind[];
  /** Whether a limit of Skillgate left out changes of the run. */
  readonly limited: boolean;
  /**
   * Build products for the agent's next session, by their path in the sandbox; absent without any.
   */
  readonly kept?: readonly KeptFolder[];
  /**
   * Changes to folders with a private view (`cow`). The changes wait until somebody accepts them.
   */
  readonly changes?: ChangeSet;
}

export interface RunResult extends RunEnd {
  readonly plan: Plan;
  readonly planDigest: Digest;
}
