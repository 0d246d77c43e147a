/**
 * The interface of every sandbox: the runner starts it from a plan and talks to it over three
 * streams; afterwards nothing of it remains.
 */

import type { Readable, Writable } from 'node:stream';
import type { ProtectedPath } from '../../skills-index/run/changes/protected-paths.ts';
import type { Plan } from '../../skills-index/run/plan/plan.ts';

/** The members of a plan that a sandbox enforces. */
export type SandboxPlan = Pick<
  Plan,
  'limits' | 'mounts' | 'programs' | 'workingDirectory' | 'uid' | 'gid'
>;

/** A read-only file with exactly these bytes that is in the sandbox from the start. */
export interface SandboxFile {
  /** Absolute path in the sandbox. */
  readonly path: string;
  readonly mode: '444' | '644' | '755';
  readonly bytes: Uint8Array;
}

/** A folder or file of this host that is bound read-only. */
export interface SandboxFolder {
  readonly path: string;
  readonly target: string;
}

export interface SandboxStart {
  readonly plan: SandboxPlan;
  /** Verified files; the sandbox gets these very bytes. */
  readonly files: readonly SandboxFile[];
  /**
   * Further folders and files of this host, bound read-only, for an agent's program, which needs
   * more than a skill does.
   */
  readonly folders?: readonly SandboxFolder[];
  /** The program's path in the sandbox, and its arguments. */
  readonly command: readonly string[];
  /** The command's environment, with placeholders for secrets. */
  readonly env: Readonly<Record<string, string>>;
  /**
   * Open descriptors of the mounted folders, by target. The sandbox checks that it mounted exactly
   * these folders.
   */
  readonly pins: ReadonlyMap<string, number>;
  /** Paths of the private views that are bound in place of the mounts' own paths, by target. */
  readonly sources?: ReadonlyMap<string, string>;
  /** Paths of the read-only views of the host's folders, by folder. */
  readonly systemViews?: ReadonlyMap<string, string>;
  /** Descriptor of the mount namespace with these views; absent when they lie on the host. */
  readonly namespace?: number | undefined;
  /** Paths in writable mounts that the run must not write, by target. */
  readonly protectedPaths: ReadonlyMap<string, readonly ProtectedPath[]>;
  /**
   * The folder with the egress proxy's socket `proxy.sock`; absent when the run may send nothing.
   */
  readonly proxyFolder?: string | undefined;
  /** A private folder of this run, owned by the runner. */
  readonly runFolder: string;
}

export interface RunningSandbox {
  /** Pid of the sandbox's first process on this host; absent where the runner cannot see one. */
  readonly pid?: number | undefined;
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /**
   * `outOfProcesses`: the limit prevented the start of a process, where the sandbox counts that.
   */
  readonly ended: Promise<{
    readonly code: number | null;
    readonly outOfMemory: boolean;
    readonly outOfProcesses?: boolean;
  }>;
  /** Kills every process in the sandbox at once. */
  kill(): void;
  /** Notes for the audit log: which limits are in force, and what enforces them. */
  readonly notes: readonly string[];
}

export interface Sandbox {
  readonly name: string;
  /** Protections of the sandbox on this host, in the words of `require` in host policy. */
  readonly gives: readonly string[];
  /** Whether the sandbox can start in a given mount namespace. */
  readonly entersNamespaces?: boolean;
  /** Checks that run at each start, before the command; a failed check prevents the start. */
  readonly checks: readonly string[];
  /** @throws Problem `sandbox-missing`, `sandbox-refused`, `mount-owner-root` */
  start(start: SandboxStart): Promise<RunningSandbox>;
}
