/** Inserts generated rows, whose digests are texts, into tables that may have them as bytes. */
import type BetterSqlite3 from 'better-sqlite3';
import { hashBytes } from '../../../registry/store/columns/predicate-type-column.ts';
import type { Cell, CellsOf } from './template.ts';

export class RowInserts {
  readonly #db: BetterSqlite3.Database;
  readonly #prepared = new Map<string, BetterSqlite3.Statement<unknown[]>>();
  readonly #bytes = new Map<string, ReadonlySet<string>>();

  constructor(db: BetterSqlite3.Database) {
    this.#db = db;
  }

  insert(table: string, row: CellsOf): void {
    const columns = Object.keys(row);
    const bytes = this.#bytesIn(table);
    const cells = columns.map((column) => {
      if (!bytes.has(column)) return '?';
      return column === 'payload' ? 'unhex(substr(?, 8, 16))' : 'unhex(substr(?, 8))';
    });
    const names = columns.map((column) => `"${column}"`);
    const text = `INSERT INTO ${table} (${names.join()}) VALUES (${cells.join()})`;
    const insert = this.#prepared.get(text) ?? this.#db.prepare(text);
    this.#prepared.set(text, insert);
    insert.run(columns.map((column) => cellOf(column, row[column] ?? null)));
  }

  /** The columns of a table that have digests as bytes. */
  #bytesIn(table: string): ReadonlySet<string> {
    const known = this.#bytes.get(table);
    if (known !== undefined) return known;
    const found = this.#db
      .prepare(`SELECT name FROM pragma_table_info('${table}') WHERE lower(type) = 'blob'`)
      .pluck()
      .all() as string[];
    const columns = new Set(found);
    this.#bytes.set(table, columns);
    return columns;
  }
}

const hashes = ['leafHash', 'root', 'map'];
const hexPrefix = 'sha256:';

/** Facts, which the template has in hexadecimal, and hashes of the log have bytes. */
function cellOf(column: string, cell: Cell): Cell | Uint8Array {
  if (typeof cell === 'string' && hashes.includes(column)) return hashBytes(cell);
  const isBytes = column === 'fact' && typeof cell === 'string' && cell.startsWith(hexPrefix);
  return isBytes ? Buffer.from(cell.slice(hexPrefix.length), 'hex') : cell;
}
