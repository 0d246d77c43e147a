/**
 * What a run of either kind is made of. The procedure in run-plan.ts is the same; what differs
 * between skills and sessions stands here.
 */
import type { Agent } from '../../skills-index/run/agents/agent.ts';
import type { AuditSubject } from '../../skills-index/run/audit/audit-entry.ts';
import type { BoundPlaceholder } from '../../skills-index/run/egress/secret-use.ts';
import type { StartWords } from '../../skills-index/run/holds/hold-gate.ts';
import type { Plan } from '../../skills-index/run/plan/plan.ts';
import type { Digest } from '../../skills-index/skill/digest.ts';
import type { EgressSettings } from '../egress/settings.ts';
import type { Sandbox, SandboxFile, SandboxFolder } from '../sandboxes/sandbox.ts';
import type { Started } from './record-start.ts';

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

/** What the plans of skills and of sessions both say. */
export type RunnablePlan = Pick<Plan, Shared | 'limits' | 'egressLimits' | 'holds' | 'refused'>;

/** What has to lie in the folder of the run before the workspaces are held. */
export interface Furnished {
  readonly folders: readonly SandboxFolder[];
  close(): void;
}

/** What a run of either kind is made of. Whoever made it closes what its `descriptors` are. */
export interface PlannedWork {
  readonly plan: RunnablePlan;
  readonly digest: Digest;
  /** What it was planned for. */
  readonly sandbox: Sandbox;
  /** By what rules, holds, breakers and changes name it. */
  readonly named: { readonly name: string; readonly version: string };
  /** By what the lines of the audit log name it. */
  readonly subject: AuditSubject;
  /** What is started, as the sandbox knows it. */
  readonly command: readonly string[];
  /** The same in the words that a person is asked with. */
  readonly words: StartWords;
  /** The same in the words that are recorded. */
  readonly started: Pick<Started, 'command' | 'why'>;
  readonly files: readonly SandboxFile[];
  readonly programs: Plan['programs'];
  /** Folders of the host that the sandbox binds beside its mounts. */
  readonly folders: readonly SandboxFolder[];
  /** What its command sees, placeholders included; the proxy's variables are added. */
  readonly env: (placeholders: readonly BoundPlaceholder[]) => Readonly<Record<string, string>>;
  /** Whether the canary lies in the environment as well as in a file. */
  readonly hasCanaryInEnvironment: boolean;
  /** What answers at names of its own, behind the proxy. */
  readonly services?: EgressSettings['services'];
  /** Of the mounted folders, by workspace. */
  readonly descriptors: ReadonlyMap<string, number>;
  /** Why its agent may no more. */
  readonly whyNot: (agent: Agent) => string | undefined;
  /** What a plan with refusals cannot do, after `Cannot`. */
  readonly purpose: string;
  /** The next step, where the first refusal names none. */
  readonly hint?: string;
  /**
   * Makes what lies in the folder of the run. People are asked first: the folder counts against the
   * runs of this host.
   */
  readonly furnish?: (runFolder: string) => Promise<Furnished>;
}
