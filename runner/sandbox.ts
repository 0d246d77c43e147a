/** What every sandbox is to the runner: started from a plan, fed and listened to over three streams, gone afterwards. */
import type { Readable, Writable } from 'node:stream';
import type { BundleFile } from '../skills-index/skill/bundle.ts';
import type { SkillName } from '../skills-index/skill/name.ts';
import type { Plan } from './plan.ts';
import type { ProtectedPath } from './protected-paths.ts';

/** A skill's files whose bytes were checked against its bundle; they are what the sandbox gets. */
export interface CheckedSkill {
  readonly name: SkillName;
  readonly files: readonly { readonly file: BundleFile; readonly bytes: Uint8Array }[];
}

export interface SandboxStart {
  readonly plan: Plan;
  readonly skill: CheckedSkill;
  readonly args: readonly string[];
  /** What the command sees as its environment, placeholders of secrets included. */
  readonly env: Readonly<Record<string, string>>;
  /** Open descriptors of the mounted folders by target; the sandbox checks that it mounted these and no others. */
  readonly pins: ReadonlyMap<string, number>;
  /** What to hold shut in writable mounts, by target. */
  readonly protectedPaths: ReadonlyMap<string, readonly ProtectedPath[]>;
  /** The folder with the egress proxy's socket `proxy.sock`; absent when nothing may leave. */
  readonly proxyFolder?: string;
  /** A folder of this run alone, owned by the runner. */
  readonly runFolder: string;
}

export interface SandboxEnd {
  readonly code: number | null;
  readonly signal: string | null;
  /** Whether the kernel stopped it for its memory. */
  readonly outOfMemory: boolean;
}

export interface RunningSandbox {
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  readonly ended: Promise<SandboxEnd>;
  /** Ends everything in it at once; no process survives. */
  kill(): void;
  /** What holds for this start and is worth recording: which limits are in force and by what. */
  readonly notes: readonly string[];
}

/** One row of what a host can enforce. */
export interface SandboxCheck {
  readonly name: string;
  readonly holds: boolean;
  readonly detail: string;
}

export interface Sandbox {
  readonly name: 'bubblewrap' | 'bare';
  /** What this host's sandbox can give, in the words of host policy's `require`. */
  readonly gives: readonly string[];
  /** Tries to escape in a handful of ways; every row has to hold before the first run. */
  selfTest(): Promise<readonly SandboxCheck[]>;
  /** @throws Problem `sandbox-missing`, `sandbox-refused`, `mount-owner-root` */
  start(start: SandboxStart): Promise<RunningSandbox>;
}
