/**
 * Keeps prepared statements of SQLite, for drizzle: it prepares the text of a query anew each time,
 * which takes longer than most queries.
 */
import type BetterSqlite3 from 'better-sqlite3';
import { keptStatementsMax } from '../limits.ts';

/**
 * The same database, of which `prepare` gives the statement of an equal text again. The statements
 * that were used last are kept. They follow changes of the schema: SQLite compiles them again.
 */
export function withKeptStatements(client: BetterSqlite3.Database): BetterSqlite3.Database {
  const kept = new Map<string, KeptStatement>();
  const prepare = (text: string): KeptStatement => {
    const statement = kept.get(text) ?? new KeptStatement(client.prepare(text));
    kept.delete(text);
    kept.set(text, statement);
    if (kept.size > keptStatementsMax) kept.delete(kept.keys().next().value ?? '');
    return statement;
  };
  return Object.create(client, { prepare: { value: prepare } });
}

/**
 * What drizzle uses of a statement. The form of rows is a setting of the one statement that several
 * queries share, so each execution sets the form.
 */
class KeptStatement {
  readonly #statement: BetterSqlite3.Statement<unknown[]>;

  constructor(statement: BetterSqlite3.Statement<unknown[]>) {
    this.#statement = statement;
  }

  run(...parameters: unknown[]): BetterSqlite3.RunResult {
    return this.#statement.run(...parameters);
  }

  all(...parameters: unknown[]): unknown[] {
    return this.#statement.raw(false).all(...parameters);
  }

  get(...parameters: unknown[]): unknown {
    return this.#statement.raw(false).get(...parameters);
  }

  /** Rows as arrays. */
  raw(): { all(...parameters: unknown[]): unknown[]; get(...parameters: unknown[]): unknown } {
    const statement = this.#statement;
    return {
      all: (...parameters) => statement.raw(true).all(...parameters),
      get: (...parameters) => statement.raw(true).get(...parameters),
    };
  }
}
