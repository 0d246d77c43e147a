/**
 * Queries of frequent requests. Drizzle makes the SQL of a query at each call, which takes longer
 * than most queries: these are made once for each database.
 */
import { type AnyColumn, getTableName, type InferInsertModel, type SQL, sql } from 'drizzle-orm';
import type { SQLiteTable } from 'drizzle-orm/sqlite-core';
import type { BatchWrite, Database, Db } from './batch.ts';

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
export function placeholder(column: AnyColumn, name: string): SQL {
  return sql`${sql.param(sql.placeholder(name), column)}`;
}

/** Databases in this process. D1 takes no prepared query in a batch. */
const inProcess = new WeakSet<Db>();

/** Lets the writes of this file prepare their queries with a database. */
export function allowPrepared(db: Db): void {
  inProcess.add(db);
}

/** The place of a value in a query, in the form of the column. */
type ValueOf<Values> = (name: keyof Values & string, column?: AnyColumn) => SQL;

interface PreparedWrite {
  run(values: Record<string, unknown>): unknown;
}

/**
 * Makes a write at its first use with a database in this process, and for D1 at each use.
 * @param make values that differ between calls come from `value`
 * @returns the write of some values
 */
export function preparedWrite<Values extends Readonly<Record<string, unknown>>>(
  make: (db: Db, value: ValueOf<Values>) => { prepare(): PreparedWrite },
): (values: Values) => BatchWrite {
  const made = new WeakMap<Db, PreparedWrite>();
  const inColumn = (value: unknown, column: AnyColumn | undefined): SQL =>
    column === undefined ? sql`${value}` : sql`${sql.param(value, column)}`;
  return (values) => (db) => {
    if (!inProcess.has(db)) return make(db, (name, column) => inColumn(values[name], column));
    const query =
      made.get(db) ?? make(db, (name, column) => inColumn(sql.placeholder(name), column)).prepare();
    made.set(db, query);
    return query.run(values);
  };
}

const inserts = new WeakMap<Db, Map<string, PreparedWrite>>();

/** The write of a row. Rows with values in the same columns share one prepared query. */
export function insertRow<Table extends SQLiteTable>(
  table: Table,
  row: InferInsertModel<Table>,
): BatchWrite {
  return (db) => {
    if (!inProcess.has(db)) return db.insert(table).values(row);
    const known = inserts.get(db) ?? new Map<string, PreparedWrite>();
    inserts.set(db, known);
    // The value of a placeholder gets the form of its column, and NULL has no form.
    const given = Object.entries(row).filter(([, value]) => value !== undefined);
    const form = given.map(([column, value]) => (value === null ? `${column} null` : column));
    const key = [getTableName(table), ...form].join();
    const query = known.get(key) ?? prepareInsert(db, table, given);
    known.set(key, query);
    return query.run(row);
  };
}

function prepareInsert(
  db: Db,
  table: SQLiteTable,
  given: readonly (readonly [string, unknown])[],
): PreparedWrite {
  const places = given.map(([column, value]) => [
    column,
    value === null ? null : sql.placeholder(column),
  ]);
  return db.insert(table).values(Object.fromEntries(places)).prepare();
}
