/**
 * What a run is asked for with, and what it ends with. Types only: whatever takes part in a run may
 * import them.
 */
import type { Agent } from '../../skills-index/run/agents/agent.ts';
import type { ChangeSet, LeftBehind } from '../../skills-index/run/changes/changes.ts';
import type { HoldHands } from '../../skills-index/run/holds/hold.ts';
import type { HostPolicy } from '../../skills-index/run/plan/host-policy.ts';
import type { AdmittedVersion, Plan } from '../../skills-index/run/plan/plan.ts';
import type { Bundle } from '../../skills-index/skill/bundle.ts';
import type { BundlePath } from '../../skills-index/skill/bundle-path.ts';
import type { Capabilities } from '../../skills-index/skill/capability.ts';
import type { Digest } from '../../skills-index/skill/digest.ts';
import type { Manifest } from '../../skills-index/skill/manifest.ts';
import type { Audit } from '../audit/audit.ts';
import type { Sandbox } from '../sandboxes/sandbox.ts';
import type { Secrets } from '../secrets/secrets.ts';

/**
 * A version with its files, as admission and the catalogue hand it over; every byte is checked
 * again here.
 */
export interface SkillToRun {
  readonly admitted: AdmittedVersion;
  readonly bundle: Bundle;
  readonly contents: ReadonlyMap<BundlePath, Uint8Array>;
}

/** What a run of either kind happens in: on whose behalf, on which host, seen and heard by whom. */
export interface RunWorld {
  /** Absent where a person at the terminal acts. */
  readonly agent?: Agent;
  readonly hostPolicy: HostPolicy;
  /** Absent where there are none. */
  readonly secrets?: Secrets;
  /** The three folders; none of them can be mounted. */
  readonly paths: { readonly config: string; readonly data: string; readonly cache: string };
  readonly audit: Audit;
  /** What people are reached by when something has to wait for them. */
  readonly hands?: HoldHands;
  readonly stdin?: Uint8Array | AsyncIterable<Uint8Array> | undefined;
  readonly onStdout: (chunk: Uint8Array) => void;
  readonly onStderr: (chunk: Uint8Array) => void;
  readonly signal?: AbortSignal;
  /** What else ends it while it runs: a revocation. */
  readonly stops?: readonly Stop[];
  readonly now: () => Date;
}

export interface RunRequest extends RunWorld {
  readonly skill: SkillToRun;
  readonly manifest: Manifest;
  readonly approved: Capabilities;
  /**
   * A command's name or the bundle path of an executable file; absent when the manifest has exactly
   * one.
   */
  readonly command?: string;
  readonly args: readonly string[];
  /** Why it is run, in the caller's words; recorded. */
  readonly why?: string;
  /** This host's where it is absent. */
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

/** Something that ends a running sandbox, and what the end is then called. */
export interface Stop {
  readonly signal: AbortSignal;
  readonly reason: EndReason;
}

/** How a run of either kind ended. */
export interface RunEnd {
  readonly run: string;
  readonly reason: EndReason;
  /** The command's exit code; null when it was ended from outside. */
  readonly code: number | null;
  readonly milliseconds: number;
  readonly egress: { readonly allowed: number; readonly denied: number };
  /**
   * What was taken away from writable mounts after the run, or is not among its changes, and why.
   */
  readonly cleaned: readonly LeftBehind[];
  /**
   * What it would change in folders that it saw through a view: waits until somebody accepts it,
   * then is applied.
   */
  readonly changes?: ChangeSet;
}

export interface RunResult extends RunEnd {
  readonly plan: Plan;
  readonly planDigest: Digest;
}
