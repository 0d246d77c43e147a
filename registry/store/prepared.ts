/**
 * Queries of frequent requests. Drizzle makes the SQL of a query at each call, which takes longer
 * than most queries: these are made once for each database.
 */
import { type AnyColumn, type SQL, sql } from 'drizzle-orm';
import type { Database, Db } from './batch.ts';

/**
 * Makes a query at its first use with a database.
 * @param make ends with `prepare()`; values that differ between calls come from `given`
 * @returns the prepared query of a database
 */
export function preparedOnce<Query>(
  make: (db: Db) => Query,
): (database: Pick<Database, 'read'>) => Query {
  const made = new WeakMap<Db, Query>();
  return ({ read }) => {
    const query = made.get(read) ?? make(read);
    made.set(read, query);
    return query;
  };
}

/** A value that each call of a prepared query names, in the form of the column. */
export function given(column: AnyColumn, name: string): SQL {
  return sql`${sql.param(sql.placeholder(name), column)}`;
}
