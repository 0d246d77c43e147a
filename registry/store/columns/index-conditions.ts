/**
 * The conditions of partial indexes. SQLite uses such an index only for a query with the same
 * condition, and with literals in it instead of parameters.
 */
import { type AnyColumn, type SQL, sql } from 'drizzle-orm';

/** Of a state in the audit that the list of decisions shows; most moves are into other states. */
export function isDecision(to: AnyColumn): SQL {
  return sql`${to} >= 5`;
}

/** Of an audit line about deleted files. */
export function isDeletion(kind: AnyColumn): SQL {
  return sql`${kind} = 9`;
}

/** Of the state of a job that waits or is leased; most jobs are done. */
export function isOpen(state: AnyColumn): SQL {
  return sql`${state} IN ('waiting', 'leased')`;
}

/**
 * Of the type of a statement that is looked up by its type: summaries, stops, advice and statements
 * about people. Most statements are publications, scans and approvals.
 */
export function isRareType(predicateType: AnyColumn): SQL {
  return sql`${predicateType} >= 5`;
}
