/** The rows of `skillgate log`: repeated entries in one row, and only the newest rows. Pure. */
import type { AuditEntry } from '../../skills-index/run/audit/audit-entry.ts';
import { auditRow } from '../../skills-index/run/audit/audit-row.ts';
import { joined, type Safe, safe } from '../terminal/output.ts';

interface LogRow {
  readonly key: string;
  readonly first: AuditEntry;
  last: AuditEntry;
  times: number;
}

export class LogRows {
  readonly #max: number;
  #rows: LogRow[] = [];
  /** Entries of the rows that are older than the newest `max` rows. */
  leftOut = 0;

  constructor(max = Number.POSITIVE_INFINITY) {
    this.#max = max;
  }

  /** Leaves checkpoints out: they are about the log itself, and would part repeated entries. */
  add(entry: AuditEntry): void {
    if (entry.event === 'checkpoint') return;
    const key = keyOf(entry);
    const row = this.#rows.at(-1);
    if (row?.key === key) {
      row.last = entry;
      row.times++;
      return;
    }
    this.#rows.push({ key, first: entry, last: entry, times: 1 });
    // Cut in large pieces, because each cut moves all rows.
    if (this.#rows.length >= this.#max * 2) this.#cut();
  }

  /** Takes the rows out; without `isEnd` the last row stays, because it may get repetitions. */
  take(isEnd: boolean): Safe[] {
    this.#cut();
    const rows = isEnd ? this.#rows : this.#rows.slice(0, -1);
    this.#rows = isEnd ? [] : this.#rows.slice(-1);
    return rows.map(rowText);
  }

  #cut(): void {
    const old = this.#rows.slice(0, Math.max(0, this.#rows.length - this.#max));
    this.leftOut += old.reduce((sum, { times }) => sum + times, 0);
    this.#rows = this.#rows.slice(old.length);
  }
}

export function entryText(entry: AuditEntry): Safe {
  return joined(auditRow(entry), '  ');
}

function rowText({ first, last, times }: LogRow): Safe {
  if (times === 1) return entryText(first);
  const more =
    hasOwnPath(first) && hasOwnPath(last)
      ? safe`… and ${times - 1} more paths, the last ${last.path}`
      : safe`… ${times} times, the last at ${last.at}`;
  return safe`${entryText(first)}  ${more}`;
}

// Entries of one run repeat each other when they differ in their times only, or in their paths
// where a run changed or left many.
function keyOf(entry: AuditEntry): string {
  const [, ...cells] = auditRow(entry);
  if (entry.event === 'change') cells[cells.length - 1] = '';
  if (entry.event === 'cleanup') cells[cells.length - 1] = entry.why;
  return JSON.stringify([entry.run, ...cells]);
}

function hasOwnPath(entry: AuditEntry): entry is Extract<AuditEntry, { readonly path: string }> {
  return entry.event === 'change' || entry.event === 'cleanup';
}
