/** The audit log: what every run was allowed and refused, one JSON line each, each naming the digest of the line before it. */
import type { Digest } from '../skills-index/skill/digest.ts';
import { Problem } from '../skills-index/skill/problem.ts';

/** Who did it: the same in every line of a run. Absent members were not known yet when it was refused. */
export interface AuditSubject {
  readonly run: string;
  /** The agent's name; `operator` for a person at the terminal. */
  readonly agent: string;
  readonly skill?: string;
  readonly version?: string;
  readonly bundle?: Digest;
  /** Digest of the plan. */
  readonly plan?: Digest;
}

export type AuditEvent =
  | { readonly event: 'start'; readonly command: string; readonly backend: string; readonly notes: readonly string[] }
  | { readonly event: 'refused'; readonly code: string; readonly why: string }
  | {
      readonly event: 'egress';
      readonly decision: 'allowed' | 'denied';
      readonly why: string;
      readonly method: string;
      readonly host: string;
      readonly port: number;
      /** Without the query. */
      readonly path: string;
      readonly secrets: readonly string[];
    }
  | { readonly event: 'redacted'; readonly secret: string; readonly host: string }
  | { readonly event: 'exit'; readonly reason: string; readonly code: number | null; readonly milliseconds: number }
  | { readonly event: 'cleanup'; readonly path: string; readonly why: string };

export type AuditEntry = AuditSubject &
  AuditEvent & {
    readonly schema: 'skillgate.audit/1';
    readonly seq: number;
    readonly at: string;
    /** Digest of the line before, without its newline; of nothing for the first. */
    readonly prev: Digest;
  };

export interface Audit {
  /** Appends one line and returns when it is on disk. */
  record(subject: AuditSubject, event: AuditEvent): AuditEntry;
}

/**
 * Opens the log of this host for appending; safe while other processes do the same.
 * @param file `$DATA/audit/audit.jsonl`
 */
export function openAudit(file: string, now: () => Date): Audit {
  throw new Problem('internal', `not written yet: ${file} ${now()}`);
}

/** The entries that a filter lets through, oldest first. */
export function readAudit(file: string, keep: (entry: AuditEntry) => boolean = () => true): AuditEntry[] {
  throw new Problem('internal', `not written yet: ${file} ${keep.name}`);
}

/** Checks the whole chain: how many lines, or the first line that is broken (counted from 1) and why. */
export function verifyAudit(
  file: string,
): { readonly kind: 'whole'; readonly lines: number } | { readonly kind: 'broken'; readonly line: number; readonly why: string } {
  throw new Problem('internal', `not written yet: ${file}`);
}
