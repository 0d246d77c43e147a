/** A database to which very many rows are added: its indexes and triggers come back behind them. */
import type { Database } from 'better-sqlite3';

export class Bulk {
  readonly #db: Database;
  #dropped: readonly string[] = [];

  constructor(db: Database) {
    this.#db = db;
  }

  /**
   * Drops indexes and triggers, once. The triggers of the log's segments stay: they make the rows
   * of a segment lean.
   */
  begin(): void {
    if (this.#dropped.length > 0) return;
    const made = this.#db
      .prepare(
        `SELECT type, name, sql FROM sqlite_master
         WHERE sql IS NOT NULL AND (type = 'index' OR (type = 'trigger' AND tbl_name <> 'log_segments'))
         ORDER BY type`,
      )
      .all() as { readonly type: string; readonly name: string; readonly sql: string }[];
    for (const { type, name } of made) this.#db.exec(`DROP ${type} ${name}`);
    this.#dropped = made.map(({ sql }) => sql);
  }

  /** Makes the indexes and triggers again. */
  end(): void {
    for (const sql of this.#dropped) this.#db.exec(sql);
    this.#dropped = [];
  }
}
