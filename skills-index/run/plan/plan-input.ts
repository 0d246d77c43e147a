/**
 * What a plan is made from: what was declared, approved and granted, and what was found out about
 * the host beforehand.
 */
import type { BundlePath } from '../../skill/bundle-path.ts';
import type { Capabilities } from '../../skill/capability.ts';
import type { Manifest } from '../../skill/manifest.ts';
import type { Agent } from '../agents/agent.ts';
import type { HostPolicy } from './host-policy.ts';
import type { AdmittedVersion, Interpreter } from './plan.ts';

/** The command to run, as the manifest and its file say. */
export interface WantedCommand {
  /** As it was called: a command's name, or the path of an executable file. */
  readonly name: string;
  readonly file: BundlePath;
  /** Absent when neither extension nor first line names one that a sandbox has. */
  readonly interpreter: Interpreter | undefined;
}

/** What may be known of a secret: all but its value. */
export interface SecretEntry {
  readonly name: string;
  /** Exact host names. */
  readonly hosts: readonly string[];
  /** Only with these methods; absent for any. */
  readonly methods?: readonly string[];
  /** Only for runs of this agent; absent for all runs. */
  readonly agent?: string;
  readonly source: 'file' | 'keychain' | 'command';
  readonly stored: string;
}

/**
 * A folder that host policy names, as it was found when it was opened: where it really is and
 * whose, or why it cannot be used.
 */
export type WorkspaceFact =
  | { readonly path: string; readonly uid: number; readonly gid: number; readonly id: string }
  | { readonly why: string };

/** What was found out about this host before planning, so that planning needs no I/O. */
export interface HostFacts {
  /** Of the runner. As root, a run takes another. */
  readonly uid: number;
  readonly gid: number;
  /** By name; absent where host policy binds none. */
  readonly workspaces: Readonly<Record<string, WorkspaceFact>>;
  /** Program → absolute path on this host; absent when it is not there. */
  readonly programs: Readonly<Record<string, string>>;
}

export interface PlanInput {
  readonly admitted: AdmittedVersion;
  readonly manifest: Manifest;
  readonly approved: Capabilities;
  readonly command: WantedCommand;
  /** Absent for a person at the terminal. */
  readonly agent?: Agent;
  readonly hostPolicy: HostPolicy;
  readonly secrets: readonly SecretEntry[];
  readonly host: HostFacts;
  /** Its name, and what it gives in the words of host policy's `require`. */
  readonly sandbox: { readonly name: string; readonly gives: readonly string[] };
  readonly now: Date;
}
