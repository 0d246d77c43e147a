/**
 * What every sandbox is to the runner: started from a plan, fed and listened to over three streams,
 * gone afterwards.
 */

import type { Readable, Writable } from 'node:stream';
import type { ProtectedPath } from '../../skills-index/run/changes/protected-paths.ts';
import type { Plan } from '../../skills-index/run/plan/plan.ts';

/** What of a plan a sandbox enforces. */
export type SandboxPlan = Pick<
  Plan,
  'limits' | 'mounts' | 'programs' | 'workingDirectory' | 'uid' | 'gid'
>;

/** A file that the sandbox has from its first moment: exactly these bytes, read-only. */
export interface SandboxFile {
  /** Where it lies in the sandbox, absolute. */
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
  /** Bytes that were checked, a skill's against its bundle; they are what the sandbox gets. */
  readonly files: readonly SandboxFile[];
  /**
   * Folders and files of this host that are bound read-only, for a program that needs more than a
   * skill does: an agent's.
   */
  readonly folders?: readonly SandboxFolder[];
  /** What is started: a program's path in the sandbox and its arguments. */
  readonly command: readonly string[];
  /** What the command sees as its environment, placeholders of secrets included. */
  readonly env: Readonly<Record<string, string>>;
  /**
   * Open descriptors of the mounted folders by target; the sandbox checks that it mounted these and
   * no others.
   */
  readonly pins: ReadonlyMap<string, number>;
  /**
   * What is bound for a mount instead of its own path, by target: the view of it that the run sees.
   */
  readonly sources?: ReadonlyMap<string, string>;
  /**
   * Where folders of the host are bound from instead of their own paths: read-only views of them.
   */
  readonly systemViews?: ReadonlyMap<string, string>;
  /** Descriptor of the mount namespace in which those lie; absent when they lie on the host. */
  readonly namespace?: number;
  /** What to hold shut in writable mounts, by target. */
  readonly protectedPaths: ReadonlyMap<string, readonly ProtectedPath[]>;
  /** The folder with the egress proxy's socket `proxy.sock`; absent when nothing may leave. */
  readonly proxyFolder?: string | undefined;
  /** A folder of this run alone, owned by the runner. */
  readonly runFolder: string;
}

export interface RunningSandbox {
  /** Its first process, as this host counts; absent where there is none to look at. */
  readonly pid?: number | undefined;
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /**
   * `outOfProcesses`: a process could not be started for the limit, where something counts that.
   */
  readonly ended: Promise<{
    readonly code: number | null;
    readonly outOfMemory: boolean;
    readonly outOfProcesses?: boolean;
  }>;
  /** Ends everything in it at once; no process survives. */
  kill(): void;
  /** What holds for this start and is worth recording: which limits are in force and by what. */
  readonly notes: readonly string[];
}

export interface Sandbox {
  readonly name: string;
  /** What this host's sandbox can give, in the words of host policy's `require`. */
  readonly gives: readonly string[];
  /** Whether it starts in a mount namespace that it is handed. */
  readonly entersNamespaces?: boolean;
  /** What it tries at each start, before the command, and refuses to start over. */
  readonly checks: readonly string[];
  /** @throws Problem `sandbox-missing`, `sandbox-refused`, `mount-owner-root` */
  start(start: SandboxStart): Promise<RunningSandbox>;
}
