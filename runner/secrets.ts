/** Secrets: values that the egress proxy adds to requests to the hosts they are bound to, and that no sandbox sees. */
import { Problem } from '../skills-index/skill/problem.ts';

/** What may be known of a secret: all but its value. */
export interface SecretEntry {
  readonly name: string;
  /** Exact host names. */
  readonly hosts: readonly string[];
  /** Only for runs of this agent; absent for all runs. */
  readonly agent?: string;
  readonly stored: string;
}

/** A value that does not print: only `reveal` gives it, and only the proxy calls it. */
export interface SecretValue {
  readonly entry: SecretEntry;
  reveal(): string;
}

export interface NewSecret {
  readonly name: string;
  readonly hosts: readonly string[];
  readonly agent?: string;
  /** The value, as read from stdin; one newline at its end is not part of it. */
  readonly value: Uint8Array;
  readonly now: Date;
}

/**
 * Stores a secret in a file (0600); the same name for the same agent is replaced.
 * @param file `$CONFIG/secrets.json`
 * @throws Problem `secret-refused` for a value that is too short, too long or cannot stand in a header
 */
export function storeSecret(file: string, wanted: NewSecret): SecretEntry {
  throw new Problem('internal', `not written yet: ${file} ${wanted.name}`);
}

/** All secrets, without their values. */
export function listSecrets(file: string): SecretEntry[] {
  throw new Problem('internal', `not written yet: ${file}`);
}

/** @throws Problem `secret-refused` when there is none of this name */
export function removeSecret(file: string, name: string, agent?: string): void {
  throw new Problem('internal', `not written yet: ${file} ${name} ${agent}`);
}

/** The values that a run may use by name: one bound to its agent goes before one for all. */
export function openSecrets(file: string, agent: string | undefined): ReadonlyMap<string, SecretValue> {
  throw new Problem('internal', `not written yet: ${file} ${agent}`);
}
