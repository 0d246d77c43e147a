/**
 * The input of a plan: the declared, approved and granted capabilities, and facts about the host
 * that the runner gathered before planning.
 */
import type { BundlePath } from '../../skill/bundle-path.ts';
import type { Capabilities, PackageCapability } from '../../skill/capability.ts';
import type { Ecosystem } from '../../skill/ecosystem.ts';
import type { Manifest } from '../../skill/manifest.ts';
import type { Agent } from '../agents/agent.ts';
import type { HostPolicy } from './host-policy.ts';
import type { AdmittedVersion, Interpreter } from './plan.ts';

/** The command to run, from the manifest and the command's file. */
export interface WantedCommand {
  /** The command's name as the caller gave it, or the path of an executable file. */
  readonly name: string;
  readonly file: BundlePath;
  /**
   * The interpreter that the extension or the first line of the file names; undefined when neither
   * names an interpreter that the sandbox has.
   */
  readonly interpreter: Interpreter | undefined;
  /** The Python module of the file, where the command starts the module and not the file. */
  readonly module?: string;
  /** Whether the manifest asks for a writable copy of the skill's folder. */
  readonly scratch?: true;
}

/** The facts about a secret that a plan may know: everything but the secret's value. */
export interface SecretEntry {
  readonly name: string;
  /** Exact host names to which the runner may send the secret. */
  readonly hosts: readonly string[];
  /** The only HTTP methods for which the secret is used; absent for any method. */
  readonly methods?: readonly string[];
  /** The only agent whose runs may use the secret; absent for every run. */
  readonly agent?: string;
  readonly source: 'file' | 'keychain' | 'command';
  /** The kind of a credential from which tokens are made. */
  readonly renew?: string;
  /** The life of the token that was made when the credential was stored. */
  readonly seconds?: number;
  readonly stored: string;
}

/**
 * A folder that host policy names, as the runner found the folder: the real path and owner, or the
 * reason why no run can use the folder.
 */
export type WorkspaceFact =
  | { readonly path: string; readonly uid: number; readonly gid: number; readonly id: string }
  | { readonly why: string };

/** A program that every sandbox has, as the runner found the program on this host. */
export interface BaseProgram {
  readonly program: string;
  readonly path: string;
  /** The interpreter of a program that is a script. */
  readonly needs?: string;
}

/**
 * The stored set of packages of one ecosystem, as the runner found and verified the set: the folder
 * to mount, or the reason why no run can use the set.
 */
export type PackageSetFact =
  | { readonly path: string }
  | { readonly code: 'packages-missing' | 'packages-damaged'; readonly why: string };

/** Facts about this host that the runner gathers before planning, so that planning needs no I/O. */
export interface HostFacts {
  /** The user id of the runner. When the runner is root, the run gets another id. */
  readonly uid: number;
  readonly gid: number;
  /**
   * Facts about workspaces, by workspace name. A name that host policy does not define is absent.
   */
  readonly workspaces: Readonly<Record<string, WorkspaceFact>>;
  /** Program name → absolute path on this host; absent when the program is not installed. */
  readonly programs: Readonly<Record<string, string>>;
  /** The base programs that this host has. */
  readonly base: readonly BaseProgram[];
  /**
   * The stored packages of each ecosystem of which the skill needs packages. `given` has those of
   * the skill's lock, or those that this host chose.
   */
  readonly packages?: Readonly<
    Partial<Record<Ecosystem, PackageSetFact & { readonly given: readonly PackageCapability[] }>>
  >;
}

export interface PlanInput {
  readonly admitted: AdmittedVersion;
  readonly manifest: Manifest;
  readonly approved: Capabilities;
  readonly command: WantedCommand;
  /** The agent that asks for the run; absent for a person at the terminal. */
  readonly agent?: Agent;
  readonly hostPolicy: HostPolicy;
  readonly secrets: readonly SecretEntry[];
  readonly host: HostFacts;
  /** The sandbox's name, and the features among `require` of host policy that the sandbox has. */
  readonly sandbox: { readonly name: string; readonly gives: readonly string[] };
  readonly now: Date;
}
