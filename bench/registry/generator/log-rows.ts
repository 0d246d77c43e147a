/** Inserts the rows of appended statements: most of them as the registry leaves them in segments. */
import { randomBytes } from 'node:crypto';
import type { Database } from 'better-sqlite3';
import { segmentEntries } from '../../../registry/log/segments/keep-segments.ts';
import { predicateTypeNumber } from '../../../registry/store/columns/predicate-type-column.ts';
import { digestOf } from '../../../skills-index/skill/digest.ts';
import { predicateTypes } from '../../../skills-index/statement/attestation.ts';
import type { Appended } from './growing-log.ts';
import { RowInserts } from './row-inserts.ts';
import type { CellsOf } from './template.ts';

const approvalNumber = predicateTypeNumber(predicateTypes.approval);

/** A statement, and the columns of its row that the template tells. */
interface Waiting {
  readonly appended: Appended;
  readonly cells: CellsOf;
}

export class LogRows {
  readonly #rows: RowInserts;
  readonly #isLean: boolean;
  #waiting: Waiting[] = [];

  /** @param isLean whether the statements go into segments, as soon as there are enough of them */
  constructor(db: Database, isLean: boolean) {
    this.#rows = new RowInserts(db);
    this.#isLean = isLean;
  }

  add(appended: Appended, cells: CellsOf): void {
    this.#waiting.push({ appended, cells });
    if (this.#isLean && this.#waiting.length === segmentEntries) this.#makeSegment();
  }

  /** Inserts the rows of the statements that fill no segment. */
  finish(): void {
    for (const row of this.#waiting) this.#insert(row);
    this.#waiting = [];
  }

  /** The segment has no object. */
  #makeSegment(): void {
    const [first] = this.#waiting;
    const last = this.#waiting.at(-1);
    for (const row of this.#waiting) this.#insert(row, row === last ? 'last' : 'inside');
    this.#waiting = [];
    if (first === undefined || last === undefined) return;
    this.#rows.insert('log_segments', {
      first: first.appended.index,
      until: last.appended.index + 1,
      digest: digestOf(randomBytes(32)),
    });
  }

  #insert({ appended, cells }: Waiting, lean?: 'inside' | 'last'): void {
    const { log, statement } = appended.rows(lean);
    this.#rows.insert('log', log);
    const isDated = lean === undefined || cells.predicateType === approvalNumber;
    const leanCells = lean === undefined ? {} : { envelope: '' };
    const dated = isDated ? {} : { createdAt: 0 };
    this.#rows.insert('statements', { ...cells, ...leanCells, ...statement, ...dated });
  }
}
