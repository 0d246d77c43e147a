/** Types of the escape suite: an attempt, the proof that it worked, and its result. */
import type { Sandbox } from '../../../runner/sandbox/sandbox.ts';
import type { EscapeWorld } from './world.ts';

export const escapeGroups = [
  'filesystem',
  'mounts and namespaces',
  'processes and secrets',
  'kernel surface',
  'devices and proc',
  'privileges and terminal',
  'direct network',
  'through the proxy',
  'acting as the operator',
  'traps for the host',
  'the runner',
  'resources',
] as const;

export type EscapeGroup = (typeof escapeGroups)[number];

/** Evidence for a proof, after an attempt was made. */
export interface AttemptEvidence {
  /** The output of the attempt's program. */
  readonly output: string;
  /** Unique for each attempt, and known to its program. */
  readonly token: string;
  readonly world: EscapeWorld;
}

/** Whether the attempt worked, judged from outside of the sandbox. */
export type Proof = (evidence: AttemptEvidence) => boolean;

/** Fields of every row. */
interface Described {
  /** The act that is attempted, unique in the suite. */
  readonly name: string;
  /** The attacker's gain. */
  readonly wants: string;
}

/** A program that runs with others in one sandbox, each in its own process. */
export interface Attempt extends Described {
  /** The default is `python3` with the functions of `probe.ts`. */
  readonly program?: 'sh' | 'node';
  readonly code: string;
  readonly proof: Proof;
  /**
   * The user of the bare twin; `root` where the kernel allows the attempt to nobody else. Root's
   * twin gets its own namespaces.
   */
  readonly as?: 'root';
  /** The attempt may end its run, so it gets its own run. */
  readonly ends?: true;
  /**
   * The attempt works by default, as the threat model says. Host policy prevents it where
   * `ownLocks` names the read-only folder. The attempt gets its own run.
   */
  readonly needs?: 'ownLocks';
  /** The attempt is made in an agent's session, not in a run of a skill. */
  readonly in?: 'session';
  /** The row with the same bare twin; absent for a row with a twin of its own. */
  readonly twin?: string;
  /** Time limit; the default is 4. */
  readonly seconds?: number;
}

/** An attempt that gets its own run, because it uses up the run's resources. */
export interface LoneAttempt extends Attempt {
  readonly limits: { readonly seconds: number; readonly memoryMiB: number };
}

/** An attempt on the runner itself: by its input, or by changes around it. */
export interface RunnerAttempt extends Described {
  /** Whether the same attempt works on a naive runner. */
  readonly bare: (world: EscapeWorld) => Promise<boolean>;
  readonly attempt: (world: EscapeWorld, sandbox: Sandbox) => Promise<Outcome>;
}

export interface Outcome {
  readonly result: 'blocked' | 'contained' | 'through' | 'untested';
  readonly detail: string;
}

export type EscapeRow =
  | (Attempt & { readonly kind: 'together'; readonly group: EscapeGroup })
  | (LoneAttempt & { readonly kind: 'alone'; readonly group: EscapeGroup })
  | (RunnerAttempt & { readonly kind: 'runner'; readonly group: EscapeGroup });

/** One line of `skillgate.escape/1`. */
export interface EscapeResult extends Outcome {
  readonly name: string;
  readonly group: EscapeGroup;
  readonly backend: string;
  /** Without a sandbox: the attempt worked, was refused, or cannot be made on this host. */
  readonly bare: 'succeeds' | 'refused' | 'impossible';
}

/** The attempt printed `through`, because its call succeeded. */
export const printsThrough: Proof = ({ output }) => /^through$/m.test(output);

/** The attempt printed a secret of the host. */
export const printsSecret: Proof = ({ output, world }) =>
  world.secrets.some((secret) => output.includes(secret));

/** A listener of the host received the attempt's token. */
export const isReceived: Proof = ({ token, world }) => world.received().includes(token);
