/** What the contract needs from a shell of the registry, whose database is empty at first. */
import type { WitnessPolicy } from '../../../skills-index/log/witness-policy.ts';
import type { SigningAuditKey } from '../../../skills-index/run/audit/audit-chain.ts';
import type { TestRoot } from '../people.ts';
import type { Send } from '../road.ts';

/** What an interrupted request left. */
export interface Leftover {
  /** The rows that it did not write. */
  readonly sql: string;
  /** The name of the object that it did not write. */
  readonly object: string;
}

export interface Shell {
  readonly send: Send;
  readonly trust: TestRoot;
  /**
   * Makes the leftover, and has the shell finish it: a process starts again, a Worker's cron trigger
   * runs.
   */
  finish(left: Leftover): Promise<void>;
  /** A host whose incident reports count alone. */
  readonly host: SigningAuditKey;
  /** How many near copies wait at once. */
  readonly copies: number;
  /** The witnesses that the shell asks to cosign; absent where it asks none. */
  readonly witnesses?: WitnessPolicy;
}
