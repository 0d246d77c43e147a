/** Brings generated rows into the form that the registry gives its rows in time. */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import BetterSqlite3, { type Database } from 'better-sqlite3';
import { eq, sql } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/better-sqlite3';
import { segmentEntries } from '../../../registry/log/segments/keep-segments.ts';
import { factIn } from '../../../registry/log/segments/statement-fact.ts';
import { statements } from '../../../registry/store/schema.ts';
import { waitingStates } from '../../../registry/versions/status.ts';
import { digestOf } from '../../../skills-index/skill/digest.ts';
import type { RowInserts } from './row-inserts.ts';
import type { CellsOf } from './template.ts';

/**
 * Makes the rows of older entries of a log of `size` entries lean: a trigger of the registry does
 * that for each segment. The segments have no objects.
 * @param entries that are left for a later segment, when there are fewer
 */
export function moveToSegments(
  db: Database,
  rows: RowInserts,
  size: number,
  entries = segmentEntries,
): void {
  const endOf = db
    .prepare('SELECT max("index") + 1 FROM log WHERE "index" < ? AND laterInBatch = 0')
    .pluck();
  const last = db.prepare('SELECT coalesce(max(until), 0) FROM log_segments').pluck();
  let first = last.get() as number;
  while (size - first >= entries) {
    const until = endOf.get(first + segmentEntries) as number;
    addFacts(db, first, until);
    rows.insert('log_segments', { first, until, digest: digestOf(randomBytes(32)) });
    first = until;
  }
  db.exec(
    `DELETE FROM drafts WHERE versionId NOT IN (SELECT versionId FROM waiting);
     DELETE FROM jobs WHERE state = 'done' AND versionId NOT IN (SELECT versionId FROM waiting)`,
  );
}

/**
 * Marks the daily look at the queue as done, for today and tomorrow: a long run crosses midnight,
 * and the statements of most clones in review are in segments without objects.
 */
export function endDailyLook(db: Database): void {
  const found = db.prepare("SELECT value FROM renewals WHERE kind = 'all'").pluck().get();
  // No registry has served this folder with a queue yet.
  if (typeof found !== 'string') return;
  const [policy] = found.split(' ');
  const insert = db.prepare("INSERT INTO renewals (kind, value, after) VALUES ('all', ?, NULL)");
  db.exec("DELETE FROM renewals WHERE kind = 'all'");
  for (const days of [0, 1]) {
    const day = new Date(Date.now() + days * 24 * 3_600_000).toISOString().slice(0, 10);
    insert.run(`${policy} ${day}`);
  }
}

/** Waits until a running registry lists all skills: the clones are as settled as their template. */
export async function untilListed(dir: string): Promise<void> {
  const db = new BetterSqlite3(join(dir, 'registry.sqlite'), { readonly: true });
  const left = db.prepare('SELECT count(*) FROM changed_skills').pluck();
  while ((left.get() as number) > 0) await delay(50);
  db.close();
}

/** Gives statements their facts, which the registry adds with the segment. */
export function addFacts(db: Database, first: number, until: number): void {
  const rows = drizzle(db);
  const lacking = rows
    .select()
    .from(statements)
    .where(
      sql`${statements.logIndex} >= ${first} AND ${statements.logIndex} < ${until} AND ${statements.fact} IS NULL`,
    )
    .all();
  for (const row of lacking) {
    const fact = factIn(row);
    if (fact !== undefined)
      rows.update(statements).set({ fact }).where(eq(statements.logIndex, row.logIndex)).run();
  }
}

/** Sets the counters that triggers keep. */
export function setCounters(db: Database): void {
  countBytes(db);
  const counted: Record<string, string> = {
    lines: 'SELECT COUNT(*) FROM index_lines',
    waiting: 'SELECT COUNT(*) FROM waiting',
    quarantined: "SELECT COUNT(*) FROM versions WHERE status = 'quarantined'",
    // Clones remove no blob.
    removals: 'SELECT removals FROM guard',
  };
  const [guard] = db.prepare('SELECT * FROM guard').all() as CellsOf[];
  for (const column of Object.keys(guard ?? {})) {
    const query = counted[column];
    if (query !== undefined) db.exec(`UPDATE guard SET ${column} = (${query})`);
    else if (column !== 'id' && column !== 'ok')
      throw new Error(`The generator cannot count guard.${column}`);
  }
}

/** Bytes of the versions of each publisher and scope, and of all of them. */
function countBytes(db: Database): void {
  const waiting = waitingStates.map((state) => `'${state}'`).join();
  const owners = [
    "'sha256:' || lower(hex(publisher))",
    "substr(name, 1, instr(name, '/') - 1)",
    "''",
  ];
  const sums = owners.map(
    (owner) =>
      `SELECT ${owner}, sum(bytes), sum(bytes * (status IN (${waiting}))) FROM versions GROUP BY 1`,
  );
  db.exec(`DELETE FROM stored_bytes; INSERT INTO stored_bytes ${sums.join(' UNION ALL ')}`);
}
