/** One run, from an admitted version to its recorded end: plan, proxy, sandbox, audit. */
import { randomUUID } from 'node:crypto';
import type { Bundle } from '../skills-index/skill/bundle.ts';
import type { BundlePath } from '../skills-index/skill/bundle-path.ts';
import type { Capabilities } from '../skills-index/skill/capability.ts';
import type { Digest } from '../skills-index/skill/digest.ts';
import type { Manifest } from '../skills-index/skill/manifest.ts';
import { Problem } from '../skills-index/skill/problem.ts';
import type { Agent } from './agents.ts';
import type { Audit, AuditSubject } from './audit.ts';
import { type HostPolicy, requirements } from './host-policy.ts';
import type { AdmittedVersion, Plan } from './plan.ts';
import { prepareRun, runPlanned } from './run-planned.ts';
import type { Sandbox, SandboxCheck } from './sandbox.ts';
import { bubblewrap } from './sandboxes/bubblewrap.ts';
import type { Cleanup } from './workspace.ts';

/** A version with its files, as admission and the catalogue hand it over; every byte is checked again here. */
export interface SkillToRun {
  readonly admitted: AdmittedVersion;
  readonly bundle: Bundle;
  readonly contents: ReadonlyMap<BundlePath, Uint8Array>;
}

export interface RunRequest {
  readonly skill: SkillToRun;
  readonly manifest: Manifest;
  readonly approved: Capabilities;
  /** A command's name or the bundle path of an executable file; absent when the manifest has exactly one. */
  readonly command?: string;
  readonly args: readonly string[];
  readonly stdin?: Uint8Array | AsyncIterable<Uint8Array>;
  readonly agent?: Agent;
  /** Why it is run, in the caller's words; recorded. */
  readonly why?: string;
  readonly hostPolicy: HostPolicy;
  /** The three folders; none of them can be mounted. Secrets lie in `config/secrets.json`. */
  readonly paths: { readonly config: string; readonly data: string; readonly cache: string };
  readonly audit: Audit;
  /** Used again by whoever runs often, so that its self-test runs once; its own for each run otherwise. */
  readonly sandbox?: Sandbox;
  readonly onStdout: (chunk: Uint8Array) => void;
  readonly onStderr: (chunk: Uint8Array) => void;
  readonly signal?: AbortSignal;
  readonly now: () => Date;
  /** Runs on the bare host with this environment, no sandbox at all: only to show what a skill would do. */
  readonly unsafe?: { readonly env: Readonly<Record<string, string>> };
}

export type EndReason = 'exit' | 'limit:seconds' | 'limit:memory' | 'limit:output' | 'killed';

export interface RunResult {
  readonly run: string;
  readonly reason: EndReason;
  /** The command's exit code; null when it was ended from outside. */
  readonly code: number | null;
  readonly plan: Plan;
  readonly planDigest: Digest;
  readonly milliseconds: number;
  readonly egress: { readonly allowed: number; readonly denied: number };
  /** What was taken away from writable mounts after the run, and why. */
  readonly cleaned: readonly Cleanup[];
  /** What changed in writable mounts. */
  readonly files: { readonly created: number; readonly changed: number; readonly removed: number };
}

/** Plans a run without starting it. */
export async function planSkill(request: RunRequest): Promise<{ readonly plan: Plan; readonly digest: Digest }> {
  const prepared = prepareRun(request);
  prepared.host.close();
  return prepared.planned;
}

/**
 * Runs a command of an admitted skill in a sandbox and returns when everything is gone again.
 * @throws Problem with the code of the plan's first refusal, `bundle-invalid`, `sandbox-missing`, `sandbox-refused`; each is recorded first
 */
export async function runSkill(request: RunRequest): Promise<RunResult> {
  const { admitted } = request.skill;
  const run = randomUUID();
  const subject: AuditSubject = {
    run,
    agent: request.agent?.name ?? 'operator',
    skill: admitted.name,
    version: admitted.version,
    bundle: admitted.bundle,
  };
  try {
    return await runPlanned(request, subject);
  } catch (cause) {
    const code = cause instanceof Problem ? cause.code : 'internal';
    request.audit.record(subject, { event: 'refused', code, why: (cause as Error).message });
    throw cause;
  }
}

/** What this host can enforce: tools found, self-test rows; for `skill doctor`. */
export async function checkHost(sandbox: Sandbox = bubblewrap()): Promise<readonly SandboxCheck[]> {
  const given = requirements.map((name) => ({
    name,
    holds: sandbox.gives.includes(name),
    detail: sandbox.gives.includes(name) ? 'host policy may require it' : 'this host cannot give it',
  }));
  return [...(await sandbox.selfTest()), ...given];
}
