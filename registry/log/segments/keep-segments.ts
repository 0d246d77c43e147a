/** Makes segments beside requests, and checks those that are there. */

import { setImmediate as nextTurn } from 'node:timers/promises';
import { and, eq, sql } from 'drizzle-orm';
import { parsePack } from '../../../skills-index/client/pack-form.ts';
import { digestOf } from '../../../skills-index/skill/digest.ts';
import { Problem } from '../../../skills-index/skill/problem.ts';
import { predicateTypes } from '../../../skills-index/statement/attestation.ts';
import type { Registry } from '../../context.ts';
import { BatchClash, type BatchWrite, holds, isAmong } from '../../store/batch.ts';
import { requireBlob } from '../../store/blobs.ts';
import { shortFact } from '../../store/columns/said-columns.ts';
import { logSegments } from '../../store/log-schema.ts';
import { storedBlobName } from '../../store/objects.ts';
import { drafts, jobs, statements } from '../../store/schema.ts';
import { waiting } from '../../store/waiting-schema.ts';
import { bundlesOf, type ReadRows, readRows } from '../finish-statements.ts';
import { logSize, readRange } from '../log.ts';
import { printPack } from '../print-pack.ts';
import { damagedStatement } from '../row-texts.ts';
import { type LogSegment, segmentedUntil, segmentWith } from './read-segments.ts';
import { factIn } from './statement-fact.ts';

/** Bytes of a segment with several batches. */
const segmentBytesMax = 4 * 1024 * 1024;

/** Entries whose bundles go into one segment. */
export const segmentEntries = 256;

/**
 * Makes the next segment. Where none is to be made, checks the segment with a random entry: a
 * damaged segment is made again.
 * @returns whether there may be another segment to make
 * @throws Problem `blob-damaged` when a bundle in the checked segment is lost, too
 */
export async function tendSegments(registry: Registry): Promise<boolean> {
  if (await makeSegment(registry)) return true;
  const random = Buffer.from(registry.random(6)).readUIntBE(0, 6) / 2 ** 48;
  const entry = Math.floor(random * (await segmentedUntil(registry)));
  const segment = await segmentWith(registry, entry);
  if (segment !== undefined) await requireBlob(registry, segment.digest);
  return false;
}

// Moves the evidence of older log entries out of the database: their bundles go into an object, a
// segment, and their rows keep facts. The segment is durable before the rows lose anything, so a
// process that is killed at any moment leaves everything.

/**
 * Makes the next segment when enough entries are behind the last one.
 * @param entries of a segment, when its first batch does not have more
 * @returns whether there may be another one to make
 * @throws Problem `database-damaged` when a row does not give its bundle: the rows stay as they are
 */
export async function makeSegment(registry: Registry, entries = segmentEntries): Promise<boolean> {
  const first = await segmentedUntil(registry);
  if ((await logSize(registry)) - first < entries) return false;
  const made = await planSegment(registry, first, entries);
  if (made === undefined) return false;
  const pack = printPack(made.bundles);
  // A reader must find every bundle before the rows lose it.
  if (parsePack(pack)?.size !== made.bundles.length)
    throw new Problem('internal', `The bundles from log index ${first} on make no segment`);
  const segment = { first, until: made.until, digest: digestOf(pack) };
  await registry.objects.put(storedBlobName(segment.digest), pack);
  try {
    await registry.db.batch(segmentWrites(segment, made.rows));
  } catch (error) {
    // Another process made the segment meanwhile.
    if (!(error instanceof BatchClash)) throw error;
  }
  return true;
}

interface Planned {
  readonly rows: readonly ReadRows[];
  readonly bundles: readonly Uint8Array[];
  readonly until: number;
}

/** Undefined when the next batch is not finished, or is not whole in so many entries. */
async function planSegment(
  registry: Registry,
  first: number,
  entries: number,
): Promise<Planned | undefined> {
  const found = await readRows(registry, first, first + entries);
  const endOfFirst = first + 1 + (found[0]?.entry.laterInBatch ?? 0);
  // A batch may have more entries than a segment usually has.
  const rows = endOfFirst > first + entries ? await readRows(registry, first, endOfFirst) : found;
  const taken: ReadRows[] = [];
  const bundles: Uint8Array[] = [];
  let bytes = 0;
  for (const batch of batchesIn(rows)) {
    if (batch.some(({ statement }) => statement.bundle === null)) break;
    const made = bundlesOf(registry, await readRange(registry, first + taken.length), batch);
    const whole = made.map((bundle, at) => bundle ?? refuse(batch[at]));
    bytes += whole.reduce((sum, bundle) => sum + bundle.byteLength, 0);
    if (bytes > segmentBytesMax && taken.length > 0) break;
    taken.push(...batch);
    bundles.push(...whole);
    await nextTurn();
  }
  return taken.length === 0 ? undefined : { rows: taken, bundles, until: first + taken.length };
}

/** The rows of each whole batch. */
function batchesIn(rows: readonly ReadRows[]): ReadRows[][] {
  const batches: ReadRows[][] = [];
  for (let at = 0; at < rows.length; ) {
    const end = at + 1 + (rows[at]?.entry.laterInBatch ?? 0);
    if (end > rows.length) break;
    batches.push(rows.slice(at, end));
    at = end;
  }
  return batches;
}

function refuse(row: ReadRows | undefined): never {
  throw damagedStatement(row?.entry.index ?? -1);
}

/** The row of the segment. A trigger makes the rows lean, and refuses a row that does not fit. */
function segmentWrites(segment: LogSegment, rows: readonly ReadRows[]): BatchWrite[] {
  const facts = rows.flatMap(({ statement }) => {
    const fact = statement.fact === null ? factIn(statement) : undefined;
    if (fact === undefined) return [];
    const short = shortFact(fact);
    return [[statement.logIndex, fact, short && Buffer.from(short).toString('hex')]];
  });
  const versionsOf = (types: readonly string[]): string[] =>
    rows.flatMap(({ statement: { predicateType, versionId } }) =>
      types.includes(predicateType) && versionId !== null ? [versionId] : [],
    );
  const summarized = versionsOf([predicateTypes.summary]);
  const scanned = versionsOf([predicateTypes.summary, predicateTypes.scan]);
  const given = sql`(SELECT value ->> 0 AS at, COALESCE(unhex(value ->> 2), value ->> 1) AS fact FROM json_each(${JSON.stringify(facts)})) AS given`;
  return [
    holds(
      sql`COALESCE((SELECT ${logSegments.until} FROM ${logSegments} ORDER BY ${logSegments.first} DESC LIMIT 1), 0) = ${segment.first}`,
    ),
    (db) =>
      db
        .update(statements)
        .set({ fact: sql`given.fact` })
        .from(given)
        .where(sql`${statements.logIndex} = given.at`),
    (db) => db.insert(logSegments).values(segment),
    // Nobody signs a draft about a version that has left the review.
    (db) =>
      db
        .delete(drafts)
        .where(
          and(
            isAmong(drafts.versionId, summarized),
            sql`NOT EXISTS (SELECT 1 FROM ${waiting} WHERE ${waiting.versionId} = ${drafts.versionId})`,
          ),
        ),
    // A done job tells which scanner answered, for as long as another scan may be wanted. The
    // report and its scanner are in the log.
    (db) =>
      db
        .delete(jobs)
        .where(
          and(
            isAmong(jobs.versionId, scanned),
            eq(jobs.state, 'done'),
            sql`NOT EXISTS (SELECT 1 FROM ${waiting} WHERE ${waiting.versionId} = ${jobs.versionId})`,
            sql`NOT EXISTS (SELECT 1 FROM ${jobs} AS open WHERE open.versionId = ${jobs.versionId} AND open.state <> 'done')`,
          ),
        ),
  ];
}
