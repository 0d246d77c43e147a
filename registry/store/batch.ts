/**
 * The one way to write: a list of statements that happen all or not at all, on better-sqlite3 and
 * on D1.
 */
import { type AnyColumn, type SQL, sql } from 'drizzle-orm';
import type { BatchItem } from 'drizzle-orm/batch';
import type { BaseSQLiteDatabase } from 'drizzle-orm/sqlite-core';
import { Problem } from '../../skills-index/skill/problem.ts';
import { writeAttemptsMax } from '../limits.ts';
import { guard } from './schema.ts';

/** A drizzle database of either kind; queries are always awaited. */
export type Db = BaseSQLiteDatabase<'sync' | 'async', unknown>;

/**
 * Builds one statement of a batch; called inside the transaction where there is one, so raw SQL may
 * run at once.
 */
export type BatchWrite = (db: Db) => BatchItem<'sqlite'> | unknown;

export interface Database {
  /** For reading, and for single statements. */
  readonly read: Db;
  /**
   * Writes all or nothing.
   * @throws BatchClash when a unique column or a guard refuses
   */
  batch(writes: readonly BatchWrite[]): Promise<void>;
}

/**
 * A batch that another writer was faster than, or whose guard does not hold. Nothing was written.
 */
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
 * Whether a column's value is in a list of any length: as one parameter, since D1 takes a hundred.
 */
export function isAmong(column: AnyColumn, values: readonly (string | number)[]): SQL {
  return sql`${column} IN (SELECT value FROM json_each(${JSON.stringify(values)}))`;
}

/**
 * A statement that makes its batch fail with a clash on `guard` unless the condition holds when the
 * batch is written.
 */
export function holds(condition: SQL): BatchWrite {
  return (db) => db.update(guard).set({ ok: sql`CASE WHEN ${condition} THEN 1 ELSE 0 END` });
}

/**
 * The unique column on which a statement clashes that another request logged meanwhile: trying
 * again would not help.
 */
export const loggedAlready = 'statements.payload';

/**
 * Tries again when another writer was faster.
 * @param attempt reads afresh and writes one batch
 * @throws Problem `registry-busy` after `writeAttemptsMax` clashes
 */
export async function retryOnClash<Result>(attempt: () => Promise<Result>): Promise<Result> {
  for (let tries = 1; ; tries++) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof BatchClash) || error.on === loggedAlready) throw error;
      if (tries >= writeAttemptsMax) {
        throw new Problem('registry-busy', 'Cannot write: other requests changed the same data', {
          cause: error,
        });
      }
    }
  }
}

/** Turns a driver's error into a clash where it is one. */
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
