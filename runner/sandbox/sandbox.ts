/**
 * The interface of every sandbox. The runner starts a sandbox from a plan and talks to the sandbox
 * over three streams. Nothing of a sandbox remains after its end.
 */

import type { Readable, Writable } from 'node:stream';
import type { Plan } from '../../skills-index/run/plan/plan.ts';
import type { BaseFolder } from '../host/base-programs.ts';

/** The members of a plan that a sandbox enforces. */
export interface SandboxPlan
  extends Pick<Plan, 'limits' | 'mounts' | 'workingDirectory' | 'uid' | 'gid'> {
  /** What leaves the sandbox through the proxy; absent where nothing does. */
  readonly egress?: Plan['egress'];
  readonly programs: Plan['base'];
}

/** A read-only file with exactly these bytes, which the sandbox contains from the start. */
export interface SandboxFile {
  /** The file's absolute path in the sandbox. */
  readonly path: string;
  readonly mode: '444' | '644' | '755';
  readonly bytes: Uint8Array;
}

/** A folder or file of this host that the sandbox binds read-only. */
export interface SandboxFolder {
  readonly path: string;
  readonly target: string;
  /**
   * Whether the folder has files and folders alone, as a folder in which the runner verified each
   * entry. So no program of the host listens in the folder.
   */
  readonly isPlain?: boolean;
}

/**
 * The folder of base programs in a sandbox. Links in /usr/bin lead into it. No mount of a skill can
 * lie over it.
 */
export const baseTarget = '/usr/libexec/skillgate';

/** Descriptors of the namespaces in which the views of a run are mounted. */
export interface ViewNamespace {
  readonly mount: number;
  /**
   * The user namespace in which a runner that is not root may mount; absent for a runner that is
   * root.
   */
  readonly user?: number;
}

export interface SandboxStart {
  readonly plan: SandboxPlan;
  /**
   * The programs that every sandbox has, for a sandbox that `linksBase`. Other sandboxes get them
   * among the plan's programs.
   */
  readonly base?: BaseFolder | undefined;
  /** Verified files. The sandbox gets these very bytes. */
  readonly files: readonly SandboxFile[];
  /**
   * Further folders and files of this host for an agent's program, which needs more than a skill
   * does. The sandbox binds them read-only.
   */
  readonly folders?: readonly SandboxFolder[];
  /** The program's path in the sandbox, and the program's arguments. */
  readonly command: readonly string[];
  /** The command's environment, with placeholders for secrets. */
  readonly env: Readonly<Record<string, string>>;
  /**
   * Open descriptors of the mounted folders, by mount target. The sandbox checks that it mounted
   * exactly these folders.
   */
  readonly pins: ReadonlyMap<string, number>;
  /**
   * Paths of the private views that the sandbox binds in place of the mounts' own paths, by mount
   * target.
   */
  readonly sources?: ReadonlyMap<string, string>;
  /** Paths of the read-only views of the host's folders, by the host's folder. */
  readonly systemViews?: ReadonlyMap<string, string>;
  /**
   * The namespace with the views of `sources` and `systemViews`; absent when these views lie on the
   * host.
   */
  readonly namespace?: ViewNamespace | undefined;
  /**
   * The folder with the egress proxy's socket `proxy.sock`; absent when the run may send nothing.
   */
  readonly proxyFolder?: string | undefined;
  /** A private folder of this run, owned by the runner. */
  readonly runFolder: string;
}

export interface RunningSandbox {
  /**
   * The pid that the sandbox's first process has on this host; absent where the runner cannot see
   * the first process.
   */
  readonly pid?: number | undefined;
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /**
   * The end of the sandbox. `outOfProcesses` says that the limit prevented the start of a process,
   * where the sandbox counts prevented starts.
   */
  readonly ended: Promise<{
    readonly code: number | null;
    readonly outOfMemory: boolean;
    readonly outOfProcesses?: boolean;
  }>;
  /** Kills every process in the sandbox at once. */
  kill(): void;
  /** Notes for the audit log: which limits are in force, and what enforces the limits. */
  readonly notes: readonly string[];
}

export interface Sandbox {
  readonly name: string;
  /** Protections that the sandbox gives on this host, in the words of `require` in host policy. */
  readonly gives: readonly string[];
  /** Whether the sandbox can start in a given mount namespace. */
  readonly entersNamespaces?: boolean;
  /** Whether the sandbox can show one folder of base programs, with links to its files. */
  readonly linksBase?: boolean;
  /**
   * Checks that run at each start of a sandbox, before the command. A failed check prevents the
   * start.
   */
  readonly checks: readonly string[];
  /** @throws Problem `sandbox-missing`, `sandbox-refused`, `mount-owner-root` */
  start(start: SandboxStart): Promise<RunningSandbox>;
}
