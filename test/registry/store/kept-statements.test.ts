import BetterSqlite3 from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { keptStatementsMax, withKeptStatements } from '../../../registry/store/sqlite.ts';

let client: BetterSqlite3.Database;
beforeEach(() => {
  client = new BetterSqlite3(':memory:');
  client.exec(
    "CREATE TABLE words (id INTEGER PRIMARY KEY, word TEXT); INSERT INTO words VALUES (1, 'a')",
  );
});
afterEach(() => client.close());

describe('statements of a database', () => {
  it('give rows in the form that each query wants, in every order', () => {
    const { prepare } = withKeptStatements(client);
    const query = 'SELECT id, word FROM words';
    const [first, second] = [prepare(query), prepare(query)];
    const rows = first.raw();
    expect(second.all()).toEqual([{ id: 1, word: 'a' }]);
    expect(rows.all()).toEqual([[1, 'a']]);
    expect(first.get()).toEqual({ id: 1, word: 'a' });
    expect(rows.get()).toEqual([1, 'a']);
    expect(second.all()).toEqual([{ id: 1, word: 'a' }]);
  });

  it('see a schema that has changed, and a database that must not be written any more', () => {
    const { prepare } = withKeptStatements(client);
    expect(prepare('SELECT * FROM words').all()).toEqual([{ id: 1, word: 'a' }]);
    const insert = "INSERT INTO words (word) VALUES ('b')";
    prepare(insert).run();
    client.exec('ALTER TABLE words ADD COLUMN more TEXT');
    expect(prepare('SELECT * FROM words').all()).toEqual([
      { id: 1, word: 'a', more: null },
      { id: 2, word: 'b', more: null },
    ]);
    client.pragma('query_only = ON');
    expect(() => prepare(insert).run()).toThrow('attempt to write a readonly database');
  });

  it('are forgotten beyond the limit, those first that were used longest ago', () => {
    const prepare = vi.spyOn(client, 'prepare');
    const kept = withKeptStatements(client);
    const query = (nth: number): string => `SELECT ${nth}`;
    for (let nth = 0; nth < keptStatementsMax; nth++) kept.prepare(query(nth));
    kept.prepare(query(0));
    kept.prepare(query(keptStatementsMax));
    prepare.mockClear();
    kept.prepare(query(0));
    kept.prepare(query(2));
    expect(prepare).not.toHaveBeenCalled();
    kept.prepare(query(1));
    expect(prepare).toHaveBeenCalledTimes(1);
  });
});
