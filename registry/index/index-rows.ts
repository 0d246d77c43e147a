/** The index lines of a skill as the database has them, with the hints of the registry. */
import { and, asc, between, eq, sql } from 'drizzle-orm';
import type { SkillName } from '../../skills-index/skill/name.ts';
import { canonicalJson } from '../../skills-index/skill/text/canonical-json.ts';
import type { StopHint } from '../../skills-index/trust/index-files/index-line.ts';
import type { Registry } from '../context.ts';
import { isAmong } from '../store/batch.ts';
import { audit, indexLines, versions } from '../store/schema.ts';
import {
  dueMoves,
  type MovableVersion,
  readPendingStops,
  shownColumns,
} from '../versions/shown-versions.ts';
import type { MoveRow } from '../versions/versions.ts';
import { hintsOf } from './advice.ts';
import { wholeLines } from './lean-lines.ts';
import { indexLinesReadAtOnce } from './limits.ts';

/** A line of an index file, without its line feed. */
export interface PrintedLine {
  readonly logIndex: number;
  readonly text: string;
  /** Whether the index file had the line, with these hints, before. */
  readonly isWritten: boolean;
}

/** Log indexes of lines, both ends included. */
interface LineRange {
  readonly from: number;
  readonly upTo?: number;
  readonly limit?: number;
}

/** Reads the lines of a range in order. */
export async function readLines(
  registry: Registry,
  name: SkillName,
  { from, upTo = Number.MAX_SAFE_INTEGER, limit = Number.MAX_SAFE_INTEGER }: LineRange,
): Promise<PrintedLine[]> {
  return printRows(registry, async () =>
    rowsOf(registry)
      .where(and(eq(indexLines.name, name), between(indexLines.logIndex, from, upTo)))
      .orderBy(asc(indexLines.logIndex))
      .limit(limit),
  );
}

/** Reads the lines at some log indexes in order. */
export async function readLinesAt(
  registry: Registry,
  logIndexes: readonly number[],
): Promise<PrintedLine[]> {
  if (logIndexes.length === 0) return [];
  return printRows(registry, async () =>
    rowsOf(registry)
      .where(isAmong(indexLines.logIndex, logIndexes))
      .orderBy(asc(indexLines.logIndex)),
  );
}

/** Log indexes of the lines up to `upTo` that the index file lacks, or has with older hints. */
export async function unwrittenLines(
  { db }: Registry,
  name: SkillName,
  upTo: number,
): Promise<readonly number[]> {
  const rows = await db.read
    .select({ logIndex: indexLines.logIndex })
    .from(indexLines)
    // A literal 0 and no parameter: SQLite uses the index over unwritten lines for the literal
    // only.
    .where(and(eq(indexLines.name, name), between(indexLines.logIndex, 0, upTo), sql`written = 0`));
  return rows.map(({ logIndex }) => logIndex);
}

/**
 * Log indexes of the lines up to `upTo` whose versions a stop of their publisher has not reached:
 * they are shown with it.
 */
export async function dueLines(
  registry: Registry,
  name: SkillName,
  upTo: number,
): Promise<readonly number[]> {
  const stops = await readPendingStops(registry);
  if (stops.length === 0) return [];
  const found: number[] = [];
  for (let from = 0, isMore = true; isMore; ) {
    const rows = await rowsOf(registry)
      .where(and(eq(indexLines.name, name), between(indexLines.logIndex, from, upTo)))
      .orderBy(asc(indexLines.logIndex))
      .limit(indexLinesReadAtOnce);
    const due = await dueMoves(registry, stops, judgedOf(rows));
    found.push(...rows.filter((row) => due.has(row.version?.id ?? '')).map((row) => row.logIndex));
    from = (rows.at(-1)?.logIndex ?? 0) + 1;
    isMore = rows.length === indexLinesReadAtOnce;
  }
  return found;
}

interface LineRow extends Pick<typeof indexLines.$inferSelect, 'line' | 'logIndex' | 'written'> {
  readonly version: MovableVersion | null;
  /** 1 where any stop of a publisher was pending when the row was read. */
  readonly pending: number;
  /** Time of the last move, in milliseconds since 1970. */
  readonly since: number | null;
}

function judgedOf(rows: readonly LineRow[]): MovableVersion[] {
  return rows.flatMap(({ version }) => version ?? []);
}

function rowsOf({ db }: Registry) {
  const { bundle, id, name, publisher, status, version } = versions;
  return db.read
    .select({
      line: indexLines.line,
      logIndex: indexLines.logIndex,
      written: indexLines.written,
      version: { id, name, version, bundle, publisher, status },
      since: audit.at,
      pending: shownColumns.pending,
    })
    .from(indexLines)
    .leftJoin(versions, eq(versions.id, indexLines.versionId))
    .leftJoin(audit, and(eq(audit.versionId, versions.id), eq(audit.move, versions.move)))
    .$dynamic();
}

// The hints are read after the lines: a line whose advice or state has changed since stays
// unwritten, so the file is written once more. Installers judge the statements in the log.
async function printRows(
  registry: Registry,
  read: () => Promise<readonly LineRow[]>,
): Promise<PrintedLine[]> {
  const { rows, due } = await readWithDue(registry, read);
  const hints = await hintsOf(
    registry,
    rows.map(({ logIndex }) => logIndex),
  );
  const lines = await wholeLines(registry, rows);
  return rows.map((row, at) => {
    const { logIndex, written } = row;
    const line = lines[at] ?? '';
    const advice = hints.get(logIndex);
    const stopped = stopOf(row, due.get(row.version?.id ?? ''));
    const isPlain = advice === undefined && stopped === undefined;
    const hinted = () => ({
      ...JSON.parse(line),
      ...(advice && { advice }),
      ...(stopped && { stopped }),
    });
    const text = isPlain ? line : canonicalJson(hinted());
    return { logIndex, text, isWritten: written === 1 };
  });
}

/** The rows, and the moves that are due of their versions, as `readShown` finds them. */
async function readWithDue(
  registry: Registry,
  read: () => Promise<readonly LineRow[]>,
): Promise<{ readonly rows: readonly LineRow[]; readonly due: ReadonlyMap<string, MoveRow> }> {
  const found = await read();
  if (found.every(({ pending }) => pending === 0)) return { rows: found, due: new Map() };
  const stops = await readPendingStops(registry);
  const rows = await read();
  return { rows, due: await dueMoves(registry, stops, judgedOf(rows)) };
}

function stopOf({ since, version }: LineRow, due: MoveRow | undefined): StopHint | undefined {
  const status = due?.to ?? version?.status;
  if (status !== 'suspended' && status !== 'revoked') return undefined;
  return { kind: status, since: (due?.at ?? new Date(since ?? 0)).toISOString() };
}
