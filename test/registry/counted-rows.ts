/** What a registry reads from its database. */
import BetterSqlite3 from 'better-sqlite3';

/** Counts the rows that this thread reads from databases. */
export function countRows(): { rows(): number; stop(): void } {
  const { prepare } = BetterSqlite3.prototype;
  let rows = 0;
  BetterSqlite3.prototype.prepare = function (this: BetterSqlite3.Database, text: string) {
    const statement = prepare.call(this, text) as BetterSqlite3.Statement<unknown[]>;
    const { all } = statement;
    statement.all = (...given) => {
      const found = all.apply(statement, given);
      rows += found.length;
      return found;
    };
    return statement;
  } as typeof prepare;
  return {
    rows: () => rows,
    stop: () => {
      BetterSqlite3.prototype.prepare = prepare;
    },
  };
}
