/** D1 over a database in memory: what it refuses, and how long a round trip takes. */
import type { SQLInputValue } from 'node:sqlite';
import { setTimeout } from 'node:timers/promises';
import { openD1 } from './d1-database.ts';
import type { Invocations } from './invocations.ts';
import { batchMs, statementsOfOneBatchMax } from './limits.ts';

type Value = Exclude<SQLInputValue, NodeJS.ArrayBufferView> | Uint8Array;

const sizeQuery =
  'SELECT page_count * page_size AS bytes FROM pragma_page_count(), pragma_page_size()';

interface D1Answer {
  readonly results: readonly unknown[];
  readonly success: true;
  readonly meta: { readonly changes: number };
}

interface Statement {
  readonly sql: string;
  readonly values: readonly Value[];
  bind(...values: readonly unknown[]): Statement;
  all(): Promise<D1Answer>;
  run(): Promise<D1Answer>;
  raw(): Promise<unknown[][]>;
}

export class D1 {
  readonly #database = openD1();
  readonly #invocations: Invocations;
  readonly #tripMs: number;
  readonly #indexes = new Map<string, number>();

  /** @param tripMs one round trip to the database, in milliseconds */
  constructor(invocations: Invocations, tripMs: number) {
    this.#invocations = invocations;
    this.#tripMs = tripMs;
  }

  prepare(sql: string, values: readonly Value[] = []): Statement {
    const one = async (): Promise<D1Answer> => {
      await this.#read();
      return this.#run({ sql, values });
    };
    return {
      sql,
      values,
      bind: (...given) => this.prepare(sql, given.map(parameterOf)),
      all: one,
      run: one,
      raw: async () => {
        await this.#read();
        return this.#rows({ sql, values }, true) as unknown[][];
      },
    };
  }

  async batch(statements: readonly Statement[]): Promise<D1Answer[]> {
    this.#invocations.spend('batches');
    this.#invocations.spend('statements', statements.length);
    if (statements.length > statementsOfOneBatchMax)
      throw new Error('D1_ERROR: Too many statements in one batch.');
    await this.#trip();
    const began = performance.now();
    this.#database.exec('BEGIN IMMEDIATE');
    try {
      const answers = statements.map((one) => {
        if (performance.now() - began > batchMs)
          throw new Error('D1_ERROR: D1 DB storage operation exceeded timeout.');
        return this.#run(one);
      });
      this.#database.exec('COMMIT');
      return answers;
    } finally {
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
    }
  }

  /** The bytes of the database, as D1 bills them. */
  bytes(): number {
    return Number(this.#database.prepare(sizeQuery).get()?.bytes);
  }

  /** Runs SQL beside every limit. */
  run(sql: string): void {
    this.#database.exec(sql);
  }

  /** Rows of a query beside every limit. */
  look(query: string): readonly Readonly<Record<string, unknown>>[] {
    return this.#database.prepare(query).all();
  }

  close(): void {
    this.#database.close();
  }

  async #read(): Promise<void> {
    this.#invocations.spend('reads');
    await this.#trip();
  }

  async #trip(): Promise<void> {
    if (this.#tripMs > 0) await setTimeout(this.#tripMs);
    await this.#invocations.goesOn();
  }

  #run(one: Pick<Statement, 'sql' | 'values'>): D1Answer {
    return { results: this.#rows(one, false), success: true, meta: { changes: 0 } };
  }

  /** Counts a row for the table and for each of its indexes. */
  #noteWritten(sql: string, rows: number): void {
    const table = writtenTable(sql);
    if (table === undefined || rows === 0) return;
    const indexes =
      this.#indexes.get(table) ??
      this.#database.prepare(`SELECT 1 FROM pragma_index_list(?)`).all(table).length;
    this.#indexes.set(table, indexes);
    this.#invocations.spend('rowsWritten', rows * (1 + indexes));
  }

  #rows({ sql, values }: Pick<Statement, 'sql' | 'values'>, isRaw: boolean): readonly unknown[] {
    try {
      const prepared = this.#database.prepare(sql);
      if (prepared.columns().length === 0) {
        this.#noteWritten(sql, Number(prepared.run(...values).changes));
        return [];
      }
      prepared.setReturnArrays(isRaw);
      const rows: readonly unknown[] = prepared.all(...values);
      // One row at least, as in a search that finds nothing.
      this.#invocations.spend('rowsRead', Math.max(1, rows.length));
      this.#noteWritten(sql, rows.length);
      this.#invocations.hold(rows.reduce<number>((sum, row) => sum + rowBytes(row), 0));
      return rows;
    } catch (cause) {
      throw new Error(`D1_ERROR: ${cause instanceof Error ? cause.message : String(cause)}`, {
        cause,
      });
    }
  }
}

/** The table that a statement writes to. */
function writtenTable(sql: string): string | undefined {
  return /^\s*(?:insert\s+(?:or\s+\w+\s+)?into|update|delete\s+from)\s+"?(\w+)"?/i.exec(sql)?.[1];
}

function parameterOf(value: unknown): Value {
  if (typeof value === 'boolean') return Number(value);
  if (value === undefined) throw new Error("D1_TYPE_ERROR: Type 'undefined' not supported");
  return value as Value;
}

function rowBytes(row: unknown): number {
  const values: Value[] = Array.isArray(row) ? row : Object.values(row as object);
  return values.reduce<number>((sum, value) => sum + sizeOf(value), 0);
}

function sizeOf(value: Value): number {
  if (typeof value === 'string') return Buffer.byteLength(value);
  return value instanceof Uint8Array ? value.byteLength : 8;
}
