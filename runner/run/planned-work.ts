/**
 * The differences between a run of a skill and a session of an agent, as data. The procedure in
 * run-plan.ts serves runs and sessions alike.
 */
import type { Agent } from '../../skills-index/run/agents/agent.ts';
import type { AuditSubject } from '../../skills-index/run/audit/audit-entry.ts';
import type { EgressRules } from '../../skills-index/run/egress/egress-judge.ts';
import type { BoundPlaceholder } from '../../skills-index/run/egress/secret-use.ts';
import type { StartArguments } from '../../skills-index/run/holds/hold-gate.ts';
import type { Plan } from '../../skills-index/run/plan/plan.ts';
import type { Digest } from '../../skills-index/skill/digest.ts';
import type { EgressSettings } from '../egress/settings.ts';
import type { EndedView, GitHandOver } from '../mounts/ended-view.ts';
import type { OpenKeptFolders } from '../mounts/kept-folders.ts';
import type { MountsRequest } from '../mounts/mounts-request.ts';
import type { RunningSandbox, Sandbox, SandboxFile, SandboxFolder } from '../sandbox/sandbox.ts';
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

/**
 * One run of a skill, or one session of an agent. The caller closes the descriptors in
 * `descriptors`.
 */
export interface PlannedWork {
  readonly plan: RunnablePlan;
  readonly digest: Digest;
  /** The sandbox for which the plan was made, and in which the command starts. */
  readonly sandbox: Sandbox;
  /** The name under which rules, holds, breakers and change sets refer to this run. */
  readonly named: { readonly name: string; readonly version: string };
  /** The subject of each line that this run writes to the audit log. */
  readonly subject: AuditSubject;
  /** The program's path in the sandbox, and the program's arguments. */
  readonly command: readonly string[];
  /** The program and its arguments as a hold shows them to an approver. */
  readonly words: StartArguments;
  /** The command and the caller's reason for the run, as the audit log records them. */
  readonly started: Pick<StartRecord, 'command' | 'why'>;
  readonly files: readonly SandboxFile[];
  readonly programs: Plan['programs'];
  readonly base: Plan['base'];
  /** Further notes for the run's start in the audit log. */
  readonly notes?: readonly string[];
  /** Folders of the host that the sandbox binds besides the run's mounts. */
  readonly folders: readonly SandboxFolder[];
  /**
   * Returns the command's environment, in which placeholders stand for secrets. The run adds the
   * variables that point to the egress proxy.
   */
  readonly env: (placeholders: readonly BoundPlaceholder[]) => Readonly<Record<string, string>>;
  /**
   * Whether the canary, besides lying in a file of the sandbox, is in the command's environment.
   */
  readonly hasCanaryInEnvironment: boolean;
  /**
   * Hands over the repositories of a view; absent where git's folders stay in the view. `start`
   * starts a command in a sandbox with the run's views, and without network and secrets.
   */
  readonly handOver?: (
    ended: EndedView,
    start: (command: readonly string[]) => Promise<RunningSandbox>,
  ) => Promise<GitHandOver>;
  readonly makeGit?: MountsRequest['makeGit'];
  /** Opens the build products of the agent's earlier sessions; absent for a run of a skill. */
  readonly openKept?: OpenKeptFolders;
  /** Services of the runner that the sandbox reaches through the egress proxy, by `host:port`. */
  readonly services?: EgressSettings['services'];
  /** Functions that answer allowed requests instead of the requested hosts, by `host:port`. */
  readonly answers?: EgressSettings['answers'];
  /** As in `EgressRules`. */
  readonly asks?: EgressRules['asks'];
  /** Descriptors of the folders that the run mounts, by workspace name. */
  readonly descriptors: ReadonlyMap<string, number>;
  /** Returns why the agent may not continue this run; undefined while the agent may. */
  readonly whyNot: (agent: Agent) => string | undefined;
  /** Completes the message `Cannot …`, which refuses a plan. */
  readonly purpose: string;
  /** The next step to suggest when the plan's first refusal names no next step. */
  readonly hint?: string;
  /**
   * Fills the run folder, after approvers have answered: a run folder counts against the number of
   * concurrent runs of this host.
   */
  readonly fillRunFolder?: (runFolder: string) => Promise<FilledRunFolder>;
}
