/**
 * The only way to write: a list of statements that all take effect or none, on better-sqlite3 and
 * on D1.
 */
import { type AnyColumn, type SQL, sql } from 'drizzle-orm';
import type { BatchItem } from 'drizzle-orm/batch';
import type { BaseSQLiteDatabase } from 'drizzle-orm/sqlite-core';
import { Problem } from '../../skills-index/skill/problem.ts';
import { guard } from './schema.ts';

/**
 * Observation jobs: milliseconds of a lease, which has room for a minute in sandboxes; milliseconds
 * until a failed job is handed out again; attempts, after which a day passes to the next one; jobs
 * that one request may find needless.
 */
export const observationLeaseMs = 300_000;
export const observationRetryMs = 60_000;
export const observationAttemptsMax = 3;
export const observationLaterMs = 24 * 3_600_000;
export const observationTriesMax = 5;
export const writeAttemptsMax = 40;
export const statusLifeMs = 24 * 3_600_000;
export const statusRefreshMs = 3_600_000;

/** A drizzle database of either kind. Queries are always awaited. */
export type Db = BaseSQLiteDatabase<'sync' | 'async', unknown>;

/**
 * Builds one statement of a batch. It is called inside the transaction where there is one, so raw
 * SQL may run at once.
 */
export type BatchWrite = (db: Db) => BatchItem<'sqlite'> | unknown;

export interface Database {
  /** For reads, and for single statements. */
  readonly read: Db;
  /**
   * Writes all or nothing.
   * @throws BatchClash when a unique column or a guard rejects the batch
   */
  batch(writes: readonly BatchWrite[]): Promise<void>;
}

/** Another writer was faster, or a guard of the batch does not hold. Nothing was written. */
export class BatchClash extends Error {
  /** `versions.name`, `log.index` …, or `guard`. */
  readonly on: string;

  constructor(on: string, cause: unknown) {
    super(`The batch clashed on ${on}`, { cause });
    this.name = 'BatchClash';
    this.on = on;
  }
}

/**
 * Whether a column's value is in a list of any length. The list is one parameter, since D1 takes at
 * most a hundred.
 */
export function isAmong(column: AnyColumn, values: readonly (string | number)[]): SQL {
  return isInList(column, sql`${JSON.stringify(values)}`);
}

/** Whether a column's value is in a list in JSON. */
export function isInList(column: AnyColumn, list: SQL): SQL {
  return sql`${column} IN (SELECT ${elementOf(column)} FROM json_each(${list}))`;
}

/**
 * An element of a list in JSON, as a column has it.
 * @param element the row of the list, or a part of the row
 */
export function elementOf(column: AnyColumn, element = sql`value`): SQL {
  return column.getSQLType() === 'blob' ? sql`unhex(substr(${element}, 8))` : element;
}

/**
 * A statement that makes its batch fail with a clash on `guard` unless the condition holds at the
 * write.
 */
export function holds(condition: SQL): BatchWrite {
  return (db) => held(db, condition);
}

/** The statement of `holds`. */
export function held(db: Db, condition: SQL) {
  return db.update(guard).set({ ok: sql`CASE WHEN ${condition} THEN 1 ELSE 0 END` });
}

/**
 * The unique column that clashes when another request logged the same statement meanwhile: trying
 * again would not help.
 */
export const loggedAlready = 'statements.payload';

/** The unique column that clashes when another process appended to the log meanwhile. */
export const logIndexTaken = 'log.index';

/**
 * Tries again when another writer was faster.
 * @param attempt reads again and writes one batch
 * @param on only after clashes on this column; after all clashes when left out
 * @throws Problem `registry-busy` after `writeAttemptsMax` clashes
 */
export async function retryOnClash<Result>(
  attempt: () => Promise<Result>,
  on?: string,
): Promise<Result> {
  for (let tries = 1; ; tries++) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof BatchClash) || error.on === loggedAlready) throw error;
      if (on !== undefined && error.on !== on) throw error;
      if (tries >= writeAttemptsMax) {
        throw new Problem('registry-busy', 'Cannot write: other requests changed the same data', {
          cause: error,
        });
      }
    }
  }
}

/** The clash in a driver's error; undefined for other errors. */
export function clashOf(error: unknown): BatchClash | undefined {
  for (
    let at: unknown = error, depth = 0;
    at instanceof Error && depth < 5;
    at = at.cause, depth++
  ) {
    const unique = /UNIQUE constraint failed: ([\w.]+)/.exec(at.message)?.[1];
    if (unique !== undefined) return new BatchClash(unique, error);
    if (/CHECK constraint failed: guard_holds/.test(at.message))
      return new BatchClash('guard', error);
  }
  return undefined;
}
