/**
 * The parts in which runs of skills and sessions of agents differ, as data. Both go through the one
 * procedure in run-plan.ts.
 */
import type { Agent } from '../../skills-index/run/agents/agent.ts';
import type { AuditSubject } from '../../skills-index/run/audit/audit-entry.ts';
import type { BoundPlaceholder } from '../../skills-index/run/egress/secret-use.ts';
import type { StartWords } from '../../skills-index/run/holds/hold-gate.ts';
import type { Plan } from '../../skills-index/run/plan/plan.ts';
import type { Digest } from '../../skills-index/skill/digest.ts';
import type { Sandbox, SandboxFile, SandboxFolder } from '../bubblewrap/sandbox.ts';
import type { EgressSettings } from '../egress/settings.ts';
import type { StartRecord } from './record-start.ts';

type Shared =
  | 'agent'
  | 'backend'
  | 'uid'
  | 'gid'
  | 'workingDirectory'
  | 'mounts'
  | 'egress'
  | 'secrets'
  | 'env';

/** The members that the plan of a skill and the plan of a session share. */
export type RunnablePlan = Pick<Plan, Shared | 'limits' | 'egressLimits' | 'holds' | 'refused'>;

/** The folders that a session makes in its run folder before its workspaces are mounted. */
export interface FilledRunFolder {
  readonly folders: readonly SandboxFolder[];
  close(): void;
}

/** One run of a skill, or one session. The caller closes the folders behind `descriptors`. */
export interface PlannedWork {
  readonly plan: RunnablePlan;
  readonly digest: Digest;
  /** The sandbox for which the plan was made. */
  readonly sandbox: Sandbox;
  /** The name under which rules, holds, breakers and change sets refer to this run. */
  readonly named: { readonly name: string; readonly version: string };
  /** The subject of each line that this run writes to the audit log. */
  readonly subject: AuditSubject;
  /** Program path and arguments, as paths inside the sandbox. */
  readonly command: readonly string[];
  /** The command as a hold shows it to an approver. */
  readonly words: StartWords;
  /** The command as the audit log records it. */
  readonly started: Pick<StartRecord, 'command' | 'why'>;
  readonly files: readonly SandboxFile[];
  readonly programs: Plan['programs'];
  /** Folders of the host that the sandbox binds beside its mounts. */
  readonly folders: readonly SandboxFolder[];
  /**
   * The environment of the command, with placeholders for secrets. The run adds the proxy's
   * variables.
   */
  readonly env: (placeholders: readonly BoundPlaceholder[]) => Readonly<Record<string, string>>;
  /** Whether the canary is in the environment as well as in a file. */
  readonly hasCanaryInEnvironment: boolean;
  /** Services of the runner that the sandbox reaches through the proxy, by `host:port`. */
  readonly services?: EgressSettings['services'];
  /** Descriptors of the mounted folders, by workspace name. */
  readonly descriptors: ReadonlyMap<string, number>;
  /** Why the agent may not continue this run; undefined while it may. */
  readonly whyNot: (agent: Agent) => string | undefined;
  /** Completes the message `Cannot …` when the plan has refusals. */
  readonly purpose: string;
  /** The next step to suggest when the first refusal names none. */
  readonly hint?: string;
  /**
   * Fills the run folder. Approvers answer first, because the folder counts against the number of
   * runs of this host.
   */
  readonly fillRunFolder?: (runFolder: string) => Promise<FilledRunFolder>;
}
