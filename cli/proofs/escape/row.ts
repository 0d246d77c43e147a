/**
 * The escape suite's words: an attempt to get out of a sandbox, how it shows that it worked, and
 * what came of it.
 */
import type { Sandbox } from '../../../runner/sandboxes/sandbox.ts';
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
  'hands of the operator',
  'traps for the host',
  'the runner',
  'resources',
] as const;

export type EscapeGroup = (typeof escapeGroups)[number];

/** What is known of one attempt after it was made. */
export interface AttemptEvidence {
  /** What its program printed. */
  readonly output: string;
  /** A word that no other attempt has; its program knows it too. */
  readonly token: string;
  readonly world: EscapeWorld;
}

/** Whether the attempt worked, judged outside of what it was made in. */
export type Proof = (evidence: AttemptEvidence) => boolean;

/** What every row says of itself. */
interface Described {
  /** A sentence's start: what is tried. */
  readonly name: string;
  /** What an attacker has of it. */
  readonly wants: string;
}

/** A program that is run together with others in one sandbox, each in a process of its own. */
export interface Attempt extends Described {
  /** `python3` with the words of `probe.ts`, where it is absent. */
  readonly program?: 'sh' | 'node';
  readonly code: string;
  readonly proof: Proof;
  /**
   * Who tries it without a sandbox; `root` where the kernel gives it to nobody else. Such a twin
   * has namespaces of its own.
   */
  readonly as?: 'root';
  /** It may end the run that it is made in: it has one of its own. */
  readonly ends?: true;
  /**
   * Open by default, as the threat model says; shut where host policy names the read-only folder in
   * `ownLocks`. It has a run of its own.
   */
  readonly needs?: 'ownLocks';
  /** How long it may take; 4 where it is absent. */
  readonly seconds?: number;
}

/** An attempt with a run of its own, because it takes all that it is given. */
export interface LoneAttempt extends Attempt {
  readonly limits: { readonly seconds: number; readonly memoryMiB: number };
}

/**
 * An attempt on the runner from outside of a sandbox: what it is handed, and what happens around
 * it.
 */
export interface RunnerAttempt extends Described {
  /** The same done to a runner that does what is obvious and no more: whether it works there. */
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
  /** Without a sandbox: it worked, it was tried and refused, or it cannot be tried on this host. */
  readonly bare: 'succeeds' | 'refused' | 'impossible';
}

/** It printed `through`: the kernel did what it was asked. */
export const saysThrough: Proof = ({ output }) => /^through$/m.test(output);

/** It printed what only the host knows. */
export const tellsSecret: Proof = ({ output, world }) =>
  world.secrets.some((secret) => output.includes(secret));

/** Its word came to one of the host's listeners. */
export const isHeard: Proof = ({ token, world }) => world.heard().includes(token);
