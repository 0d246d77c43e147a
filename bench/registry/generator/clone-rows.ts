/**
 * Inserts the rows of clones. A table in memory has one row for each clone, with what distinguishes
 * the clone from its template, so one statement for each table makes the rows of thousands of clones.
 */
import type { Database } from 'better-sqlite3';
import { sumsOf } from '../../../registry/index/packs.ts';
import { isDigest } from '../../../skills-index/skill/digest.ts';
import { canonicalJson } from '../../../skills-index/skill/text/canonical-json.ts';
import type { Pieces } from './pieces.ts';
import type { CellsOf, RowOfTable, Template } from './template.ts';

/** What distinguishes a clone. */
export interface Clone {
  /** An id of 26 characters, from which rows of all tables get theirs. */
  readonly id: string;
  readonly time: number;
  /** The texts for the template's variables. */
  readonly values: readonly string[];
  /** The log indexes of the statements, in the order of the template's entries. */
  readonly indexes: readonly number[];
  /** The sketch of the skill's text, and its band keys; undefined where the template has no scan. */
  readonly sketch: { readonly bytes: Uint8Array; readonly keys: readonly number[] } | undefined;
  /** Words by which a search finds the skill's name; none for a claim. */
  readonly words: readonly string[];
}

/** Rows of these tables are made from the clone, or the registry makes them from the other rows. */
const madeElsewhere = ['sketches', 'sketch_bands', 'changed_skills'];

export class CloneRows {
  readonly #db: Database;
  readonly #template: Template;
  readonly #insert: (clone: Clone) => void;
  readonly #flushes: readonly (() => unknown)[];
  /** Tables whose rows are kept in the order of their keys, and come last and sorted. */
  readonly #staged = new Map<string, readonly string[]>();
  readonly #firstSkill: number;
  #nth = 0;

  /** @param isLean whether the rows are those of versions whose statements are in segments */
  constructor(db: Database, template: Template, isLean: boolean) {
    this.#db = db;
    this.#template = template;
    this.#insert = this.#makeClones();
    const rows = template.rows.filter((row) => this.#isCloned(row, isLean));
    const byTable = Map.groupBy(rows, ({ table }) => table);
    const inserts = [...byTable].map(([table, all]) => this.#insertOf(table, all));
    this.#flushes = [...inserts, ...this.#sketchInserts(), ...this.#wordInserts()];
    this.#firstSkill = this.#pluck('SELECT coalesce(max(id), 0) FROM skills');
  }

  add(clone: Clone): void {
    this.#insert(clone);
  }

  /** Inserts the rows of the clones that were added. */
  flush(): void {
    // As the registry does for the first version of a scope in its index.
    if (this.#template.isPublic)
      this.#db.exec(
        `INSERT INTO blob_scopes (scope) SELECT DISTINCT ${this.#scope()} FROM clones
         WHERE ${this.#scope()} NOT IN (SELECT scope FROM blob_scopes)`,
      );
    for (const insert of this.#flushes) insert();
    this.#db.exec('DELETE FROM clones');
  }

  /** Inserts what comes last. */
  finish(): void {
    for (const [table, keys] of this.#staged) {
      this.#db.exec(
        `INSERT INTO ${table} SELECT * FROM staged_${table} WHERE TRUE ORDER BY ${keys.join()} ON CONFLICT DO NOTHING;
         DROP TABLE staged_${table}`,
      );
    }
    // As the trigger on skills does.
    this.#db.exec(
      `INSERT INTO skill_words (rowid, name, description)
       SELECT id, substr(name, instr(name, '/') + 1), description FROM skills WHERE id > ${this.#firstSkill};
       DROP TABLE clones`,
    );
  }

  #isCloned({ table, row }: RowOfTable, isLean: boolean): boolean {
    if (madeElsewhere.includes(table)) return false;
    // All versions of a skill have one row.
    if (table === 'skills') return this.#template.names.version === undefined;
    // With the segment, the registry deletes drafts about a version that has left the review, and
    // its scan jobs that are done.
    const isDeleted = table === 'drafts' || (table === 'jobs' && row.state === 'done');
    return !isDeleted || !isLean || this.#template.rows.some((one) => one.table === 'waiting');
  }

  #makeClones(): (clone: Clone) => void {
    const { entries, variables } = this.#template;
    const columns = [
      'nth INTEGER PRIMARY KEY',
      'id',
      'time INTEGER',
      'sketch',
      'keys',
      'words',
      ...Array.from({ length: variables.count }, (_, number) => valueColumn(number)),
      ...entries.map((_, nth) => `${indexColumn(nth)} INTEGER`),
    ];
    this.#db.exec(`CREATE TEMP TABLE clones (${columns.join()})`);
    const insert = this.#db.prepare(`INSERT INTO clones VALUES (${columns.map(() => '?').join()})`);
    return ({ id, time, values, indexes, sketch, words }) =>
      insert.run(
        this.#nth++,
        id,
        time,
        sketch?.bytes,
        JSON.stringify(sketch?.keys ?? []),
        JSON.stringify(words),
        ...values,
        ...indexes,
      );
  }

  /** Inserts the clones of rows of one table. */
  #insertOf(table: string, rows: readonly RowOfTable[]): () => unknown {
    const info = this.#columnsOf(table);
    const selects = rows.map(({ row }, nth) => {
      const cells = info.map((column) => this.#cell(table, nth, column, row));
      return `SELECT ${cells.join()} FROM clones`;
    });
    return this.#insertFrom(table, info, selects.join(' UNION ALL '));
  }

  /** Rows come in the order of the table's key, as they do over the years. */
  #insertFrom(table: string, info: readonly Column[], select: string): () => unknown {
    const keys = info.filter(({ pk }) => pk > 0).sort((a, b) => a.pk - b.pk);
    const order = keys.map(({ name }) => info.findIndex((column) => column.name === name) + 1);
    const isSorted = /WITHOUT ROWID\s*$/.test(
      this.#pluck<string>('SELECT sql FROM sqlite_master WHERE name = ?', table),
    );
    if (!isSorted) {
      const insert = this.#db.prepare(`INSERT INTO ${table} ${select} ORDER BY ${order.join()}`);
      return () => insert.run();
    }
    this.#staged.set(
      table,
      keys.map(({ name }) => name),
    );
    this.#db.exec(`CREATE TEMP TABLE staged_${table} AS SELECT * FROM ${table} WHERE FALSE`);
    const insert = this.#db.prepare(`INSERT INTO staged_${table} ${select}`);
    return () => insert.run();
  }

  /** The SQL expression of a clone's cell in the `nth` row of its table. */
  #cell(table: string, nth: number, { name, type }: Column, row: CellsOf): string {
    const cell = row[name] ?? null;
    if ((name === 'versionId' || (table === 'versions' && name === 'id')) && cell !== null)
      return this.#index(Number(cell));
    // SQLite counts the rows of a table whose ids are numbers.
    if (name === 'seq' || (name === 'id' && typeof cell === 'number')) return 'NULL';
    if (name === 'id') return `substr(id, 1, 24) || '${String(nth).padStart(2, '0')}'`;
    if (name === 'at' || name === 'createdAt' || name === 'offeredSince') return 'time';
    if (name === 'logIndex') return this.#index(Number(cell));
    if (name === 'line') return this.#line(String(cell));
    if (table === 'version_blobs' && name === 'scope' && cell !== 0)
      return `(SELECT number FROM blob_scopes WHERE scope = ${this.#scope()})`;
    if (cell === null || typeof cell === 'number') return String(cell ?? 'NULL');
    // A key among texts, which the template has as a digest.
    const isBytes = type.toLowerCase() === 'blob' || (name === 'by' && isDigest(cell));
    if (!isBytes) return concatenated(this.#template.variables.cut(cell));
    return `unhex(${concatenated(this.#template.variables.cut(cell.slice('sha256:'.length)))})`;
  }

  #scope(): string {
    return concatenated(this.#template.variables.cut(this.#template.names.scope));
  }

  #index(logIndex: number): string {
    const nth = this.#template.entries.findIndex(({ row }) => row.logIndex === logIndex);
    return nth < 0 ? String(logIndex) : indexColumn(nth);
  }

  /** The row of an index line names the statements about the version by their log indexes. */
  #line(text: string): string {
    const [description, distances, ...others] = JSON.parse(text) as [
      string,
      number[],
      ...unknown[],
    ];
    const named = sumsOf(distances).map((index) => this.#index(index));
    const own = named.map((index, at) => `(${index} - ${named[at - 1] ?? 0})`);
    const after = [']', ...others.map((other) => canonicalJson(other))].join();
    return [
      quoted(`[${canonicalJson(description)},[`),
      own.join(" || ',' || "),
      quoted(`${after}]`),
    ].join(' || ');
  }

  #sketchInserts(): (() => unknown)[] {
    if (!this.#template.rows.some(({ table }) => table === 'scans')) return [];
    const id = this.#index(this.#template.id ?? -1);
    const sketches = this.#db.prepare(
      `INSERT INTO sketches (versionId, sketch) SELECT ${id}, sketch FROM clones`,
    );
    const bands = this.#insertFrom(
      'sketch_bands',
      this.#columnsOf('sketch_bands'),
      `SELECT value, ${id} FROM clones, json_each(keys)`,
    );
    return [() => sketches.run(), bands];
  }

  #wordInserts(): (() => unknown)[] {
    if (!this.#template.rows.some(({ table }) => table === 'skills')) return [];
    return [
      this.#insertFrom(
        'name_words',
        this.#columnsOf('name_words'),
        'SELECT value FROM clones, json_each(words)',
      ),
    ];
  }

  #columnsOf(table: string): readonly Column[] {
    return this.#db
      .prepare('SELECT name, type, pk FROM pragma_table_info(?) ORDER BY cid')
      .all(table) as Column[];
  }

  #pluck<Value = number>(query: string, ...values: readonly string[]): Value {
    return this.#db
      .prepare(query)
      .pluck()
      .get(...values) as Value;
  }
}

interface Column {
  readonly name: string;
  readonly type: string;
  /** Place in the primary key, from 1 on; 0 for the other columns. */
  readonly pk: number;
}

function valueColumn(number: number): string {
  return `value${number}`;
}

function indexColumn(nth: number): string {
  return `index${nth}`;
}

function concatenated(pieces: Pieces): string {
  return pieces
    .map((piece) => (typeof piece === 'string' ? quoted(piece) : valueColumn(piece)))
    .join(' || ');
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
