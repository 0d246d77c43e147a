/** The index lines of a skill as the database has them, with the hints of the registry. */
import { and, asc, between, eq, sql } from 'drizzle-orm';
import type { SkillName } from '../../skills-index/skill/name.ts';
import { canonicalJson } from '../../skills-index/skill/text/canonical-json.ts';
import type { StopHint } from '../../skills-index/trust/index-files/index-line.ts';
import type { Registry } from '../context.ts';
import { isAmong } from '../store/batch.ts';
import { audit, indexLines, versions } from '../store/schema.ts';
import type { VersionState } from '../versions/status.ts';
import { hintsOf } from './advice.ts';

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
  const rows = await rowsOf(registry)
    .where(and(eq(indexLines.name, name), between(indexLines.logIndex, from, upTo)))
    .orderBy(asc(indexLines.logIndex))
    .limit(limit);
  return printRows(registry, rows);
}

/** Reads the lines at some log indexes in order. */
export async function readLinesAt(
  registry: Registry,
  logIndexes: readonly number[],
): Promise<PrintedLine[]> {
  if (logIndexes.length === 0) return [];
  const rows = await rowsOf(registry)
    .where(isAmong(indexLines.logIndex, logIndexes))
    .orderBy(asc(indexLines.logIndex));
  return printRows(registry, rows);
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

interface LineRow extends Pick<typeof indexLines.$inferSelect, 'line' | 'logIndex' | 'written'> {
  readonly status: VersionState | null;
  /** Time of the last move, in milliseconds since 1970. */
  readonly since: number | null;
}

function rowsOf({ db }: Registry) {
  return db.read
    .select({
      line: indexLines.line,
      logIndex: indexLines.logIndex,
      written: indexLines.written,
      status: versions.status,
      since: audit.at,
    })
    .from(indexLines)
    .leftJoin(versions, eq(versions.id, indexLines.versionId))
    .leftJoin(audit, and(eq(audit.versionId, versions.id), eq(audit.move, versions.move)))
    .$dynamic();
}

// The hints are read after the lines: a line whose advice or state has changed since stays
// unwritten, so the file is written once more. Installers judge the statements in the log.
async function printRows(registry: Registry, rows: readonly LineRow[]): Promise<PrintedLine[]> {
  const hints = await hintsOf(
    registry,
    rows.map(({ logIndex }) => logIndex),
  );
  return rows.map((row) => {
    const { logIndex, written } = row;
    const advice = hints.get(logIndex);
    const stopped = stopOf(row);
    const isPlain = advice === undefined && stopped === undefined;
    const hinted = () => ({
      ...JSON.parse(row.line),
      ...(advice && { advice }),
      ...(stopped && { stopped }),
    });
    const text = isPlain ? row.line : canonicalJson(hinted());
    return { logIndex, text, isWritten: written === 1 };
  });
}

function stopOf({ status, since }: LineRow): StopHint | undefined {
  if (status !== 'suspended' && status !== 'revoked') return undefined;
  return { kind: status, since: new Date(since ?? 0).toISOString() };
}
