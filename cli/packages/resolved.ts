/** What a resolver gives: the packages of a lock, and the lock file's text. */
import type { LockedPackage } from '../../skills-index/packages/locked-package.ts';
import type { Pin } from '../../skills-index/packages/locks/other-locks.ts';

export interface Resolved {
  readonly packages: readonly LockedPackage[];
  readonly text: string;
  /** The tool that chose the versions: `uv 0.9.1`. */
  readonly tool: string;
  /** What the author should know about the lock. */
  readonly notes: readonly string[];
}

export interface ResolveRequest {
  readonly requires: readonly string[];
  /** The address of the index, or a folder as `file:///…`. */
  readonly index: string;
  /** Versions and hashes of other locks that the skill has. */
  readonly pins: ReadonlyMap<string, Pin>;
  /** Days that a version must be old. */
  readonly minimumAgeDays: number;
  /** Whether the lock is for this machine alone. */
  readonly isForThisHost?: boolean;
  /** Whether host policy demands that age; else an option does. */
  readonly isAgeOfPolicy?: boolean;
}
