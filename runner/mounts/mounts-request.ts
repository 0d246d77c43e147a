/** What a run says about its mounts. Only types. */
import type { AuditEvent, AuditSubject } from '../../skills-index/run/audit/audit-entry.ts';
import type { HostPolicy } from '../../skills-index/run/plan/host-policy.ts';
import type { Plan } from '../../skills-index/run/plan/plan.ts';
import type { Digest } from '../../skills-index/skill/digest.ts';
import type { BudgetAccount } from '../agents/budget.ts';
import type { OpenKeptFolders } from './kept-folders.ts';
import type { MadeGit } from './views.ts';

export interface MountsRequest {
  readonly plan: Pick<Plan, 'mounts' | 'agent' | 'uid' | 'gid'> & {
    readonly limits: Pick<Plan['limits'], 'changesMiB'>;
    readonly skill: { readonly name: string; readonly version: string };
  };
  readonly planDigest: Digest;
  readonly subject: AuditSubject;
  readonly now: () => Date;
  /** Descriptors of the mounted folders, by workspace name. */
  readonly folders: ReadonlyMap<string, number>;
  /** The folder for claims and for changes that wait to be accepted. */
  readonly data: string;
  readonly runFolder: string;
  /** Whether the sandbox starts in a mount namespace. Overlays need such a namespace. */
  readonly overlays: boolean;
  /** Programs and folders of the host that the sandbox binds, besides its libraries. */
  readonly programs: readonly string[];
  /** Names of files that programs obey, from host policy. Skillgate itself knows further names. */
  readonly obeyed: HostPolicy['obeyed'];
  /**
   * Workspaces that host policy gives locks of their own, so that runs read them through an
   * overlay.
   */
  readonly ownLocks: HostPolicy['ownLocks'];
  readonly record: (event: AuditEvent) => void;
  /** Takes changed paths from the agent's budget; absent when a person started the run. */
  readonly spend?: BudgetAccount['spend'] | undefined;
  /** Opens the build products of earlier sessions; absent for a run that keeps none. */
  readonly openKept?: OpenKeptFolders | undefined;
  /**
   * Makes the repository of a view in a new folder `layer`; absent for a run without repositories,
   * and undefined where the folder is no linked work tree.
   */
  readonly makeGit?: ((source: string, layer: string) => Promise<MadeGit | undefined>) | undefined;
}
