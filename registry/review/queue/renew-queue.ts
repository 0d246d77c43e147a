/**
 * Keeps the queue of reviewers in step while a registry runs, beside other requests. On Workers no
 * process runs between requests: there a scanner without work does this, and the cron trigger.
 */

import { setImmediate as nextTurn } from 'node:timers/promises';
import { and, asc, eq, gt, gte, lte, ne, type SQL, sql } from 'drizzle-orm';
import { parseDigest } from '../../../skills-index/skill/digest.ts';
import { policyDigest } from '../../../skills-index/trust/policy/policy.ts';
import type { Registry } from '../../context.ts';
import { orLater } from '../../log/after-logging.ts';
import { logSize } from '../../log/log.ts';
import { BatchClash, type BatchWrite, holds, isAmong } from '../../store/batch.ts';
import { versionPackages } from '../../store/package-schema.ts';
import { versions } from '../../store/schema.ts';
import { renewals, waiting } from '../../store/waiting-schema.ts';
import { completeScans, fallenScans } from '../../versions/fallen-scans.ts';
import { awaitObservations } from '../../versions/observations.ts';
import type { VersionRow } from '../../versions/versions.ts';
import { versionsAlike } from '../similarity-index.ts';
import { failedRank, judgeVersion, type QueueJudgement, rankOf, ranks } from './queue-judgement.ts';

/** Waiting versions that one request judges anew. */
export const judgedAnewAtOnce = 16;

const renewalSliceRows = 500;

/** Events that one request goes on with, and versions of each that it marks to be judged anew. */
const renewalsAtOnce = 20;

/** Versions whose evidence could not be read that one slice beside requests judges again. */
const failedAtOnce = 4;

/**
 * One slice: versions whose evidence changed. When none is left, and in one slice of eight in any
 * case, also some versions that could not be read, and some of the daily look.
 * @returns whether an event or a changed version is left
 */
export async function keepSome(registry: Registry): Promise<boolean> {
  const isLeft = await renewQueue(registry);
  const [drawn = 0] = registry.random(1);
  if (isLeft && drawn % 8 !== 0) return true;
  await retryFailed(registry);
  await renewAllWaiting(registry);
  return isLeft;
}

// Keeps the stored risk of waiting versions in step with the evidence. Triggers count each change
// of the evidence. The versions with changes are judged again a few at a time, the highest in the
// queue first.

type RenewalRow = typeof renewals.$inferSelect;

/** Whether the evidence changed after the version was judged. */
const isDue: SQL = sql`${waiting.changes} <> ${waiting.known}`;

/**
 * One slice of the work: marks versions that the next events may concern, then judges versions
 * whose evidence changed.
 * @returns whether an event or a changed version is left
 */
export async function renewQueue(registry: Registry): Promise<boolean> {
  await markNext(registry);
  const highest = await dueFrom(registry, undefined, judgedAnewAtOnce + 1);
  const isMore = highest.length > judgedAnewAtOnce;
  // Whoever changes versions high in the queue again and again must not keep the others waiting.
  const others = isMore
    ? await dueFrom(registry, await randomPlace(registry), judgedAnewAtOnce / 2)
    : [];
  const now = new Set([...others, ...highest].slice(0, judgedAnewAtOnce));
  await renewVersions(registry, [...now]);
  return isMore || (await openRenewals(registry, 1)).length > 0;
}

async function dueFrom(
  { db }: Registry,
  place: SQL | undefined,
  limit: number,
): Promise<readonly string[]> {
  const rows = await db.read
    .select({ id: waiting.versionId })
    .from(waiting)
    .where(and(isDue, place && sql`(${waiting.rank}, ${waiting.logIndex}) >= ${place}`))
    .orderBy(asc(waiting.rank), asc(waiting.logIndex))
    .limit(limit);
  return rows.map(({ id }) => id);
}

async function randomPlace(registry: Registry): Promise<SQL> {
  return sql`(${randomBelow(registry, ranks)}, ${randomBelow(registry, await logSize(registry))})`;
}

/** From 0 on; not uniform to the last bit, which nobody needs here. */
function randomBelow({ random }: Registry, end: number): number {
  return Math.floor((Buffer.from(random(6)).readUIntBE(0, 6) / 2 ** 48) * end);
}

/**
 * Judges some versions again whose evidence could not be read, from a random one on: a storage that
 * failed for a moment leaves such versions, and those that are lost for good must not hide them.
 */
async function retryFailed(registry: Registry): Promise<void> {
  const from = randomBelow(registry, await logSize(registry));
  const rows = await registry.db.read
    .select({ id: waiting.versionId })
    .from(waiting)
    .where(and(eq(waiting.rank, failedRank), gte(waiting.logIndex, from)))
    .orderBy(asc(waiting.logIndex))
    .limit(failedAtOnce);
  await renewVersions(
    registry,
    rows.map(({ id }) => id),
  );
}

async function openRenewals({ db }: Registry, limit: number): Promise<readonly RenewalRow[]> {
  return (
    db.read
      .select()
      .from(renewals)
      // Literals and no parameters: SQLite uses the index over open renewals for literals only.
      .where(sql`${renewals.after} IS NOT NULL AND ${renewals.kind} NOT IN ('all', 'resume')`)
      .orderBy(asc(renewals.id))
      .limit(limit)
  );
}

/** Marks the next versions of the oldest events, in one batch. */
async function markNext(registry: Registry): Promise<void> {
  const writes: BatchWrite[] = [];
  for (const renewal of await openRenewals(registry, renewalsAtOnce))
    writes.push(...(await markWrites(registry, renewal)));
  if (writes.length > 0) await orLost(registry.db.batch(writes));
}

async function markWrites(registry: Registry, renewal: RenewalRow): Promise<BatchWrite[]> {
  const { ids, after, only, writes = [] } = await sliceOf(registry, renewal);
  const mine = eq(renewals.id, renewal.id);
  const marked: BatchWrite = (db) =>
    db
      .update(waiting)
      .set({ changes: sql`${waiting.changes} + 1` })
      .where(and(isAmong(waiting.versionId, ids), only));
  return [
    isUnchanged(renewal),
    ...writes,
    ...(ids.length === 0 ? [] : [marked]),
    (db) =>
      after === undefined
        ? db.delete(renewals).where(mine)
        : db.update(renewals).set({ after }).where(mine),
  ];
}

function isUnchanged({ id, after, turn }: RenewalRow): BatchWrite {
  return holds(
    sql`EXISTS (SELECT 1 FROM ${renewals} WHERE ${renewals.id} = ${id} AND ${renewals.after} IS ${after} AND ${renewals.turn} = ${turn})`,
  );
}

// Another request did the step, or the event happened again.
async function orLost(batch: Promise<void>): Promise<void> {
  try {
    await batch;
  } catch (error) {
    if (!(error instanceof BatchClash)) throw error;
  }
}

interface Slice {
  readonly ids: readonly string[];
  /** The last row of the slice; undefined when no row follows. */
  readonly after: string | undefined;
  /** A condition on the versions that are marked. */
  readonly only?: SQL;
  /** What the event changes in the versions. */
  readonly writes?: readonly BatchWrite[];
}

async function sliceOf(registry: Registry, renewal: RenewalRow): Promise<Slice> {
  const { kind, value } = renewal;
  const after = renewal.after ?? '';
  switch (kind) {
    case 'all':
    case 'resume':
      return waitingSlice(registry, { after });
    case 'name':
      return waitingSlice(registry, { after, of: sql`${waiting.name} = ${value}` });
    case 'publisher':
      return waitingSlice(registry, { after, of: eq(waiting.publisher, parseDigest(value)) });
    case 'scanners':
      return fallenScans(registry, Number(value), { after });
    case 'package':
      return packageSlice(registry, after, Number(value));
    case 'alike':
      return alikeSlice(registry, after, value);
    case 'sketch': {
      // A new sketch counts as a copy for later versions only. A version that was held back has an
      // event of its own.
      const from = sql`(SELECT ${versions.logIndex} FROM ${versions} WHERE ${versions.id} = ${value})`;
      const slice = await alikeSlice(registry, after, value);
      return { ...slice, only: sql`${waiting.logIndex} > ${from}` };
    }
  }
}

async function waitingSlice(
  { db }: Registry,
  {
    after,
    of,
    limit = renewalSliceRows,
  }: { readonly after: string; readonly of?: SQL; readonly limit?: number },
): Promise<Slice> {
  const rows = await db.read
    .select({ id: waiting.versionId })
    .from(waiting)
    .where(and(of, gt(waiting.versionId, after)))
    .orderBy(asc(waiting.versionId))
    .limit(limit);
  return sliceIn(rows, limit);
}

function sliceIn(rows: readonly { readonly id: string }[], limit: number): Slice {
  const ids = rows.map(({ id }) => id);
  return { ids, after: ids.length < limit ? undefined : ids.at(-1) };
}

async function packageSlice({ db }: Registry, after: string, packageId: number): Promise<Slice> {
  const rows = await db.read
    .select({ id: versionPackages.versionId })
    .from(versionPackages)
    .where(and(eq(versionPackages.packageId, packageId), gt(versionPackages.versionId, after)))
    .orderBy(asc(versionPackages.versionId))
    .limit(renewalSliceRows);
  return sliceIn(rows, renewalSliceRows);
}

// Versions that share a band with this one. A band lists few versions, so a version behind them is
// judged again by the daily look only.
async function alikeSlice(registry: Registry, after: string, versionId: string): Promise<Slice> {
  const own = await versionsAlike(registry, versionId);
  if (own === undefined) return { ids: [], after: undefined };
  const { alike } = own;
  const rows = await registry.db.read
    .select({ id: alike.versionId })
    .from(alike)
    .where(gt(alike.versionId, after))
    .groupBy(alike.versionId)
    .orderBy(asc(alike.versionId))
    .limit(renewalSliceRows);
  return sliceIn(rows, renewalSliceRows);
}

/**
 * Renews the next versions of the daily look at all that wait. The look finds what no event tells:
 * another policy, or other rules of the risk in a new release. Nobody who reads the queue waits for
 * the look.
 */
export async function renewAllWaiting(registry: Registry): Promise<void> {
  const day = registry.now().toISOString().slice(0, 10);
  const value = `${policyDigest(registry.policy)} ${day}`;
  const thisOne = and(eq(renewals.kind, 'all'), eq(renewals.value, value));
  const [look] = await registry.db.read.select().from(renewals).where(thisOne);
  if (look === undefined) {
    await orLost(
      registry.db.batch([
        (db) => db.insert(renewals).values({ kind: 'all', value }),
        (db) => db.delete(renewals).where(and(eq(renewals.kind, 'all'), ne(renewals.value, value))),
      ]),
    );
    return;
  }
  if (look.after === null) return;
  const { ids, after = null } = await waitingSlice(registry, {
    after: look.after,
    limit: judgedAnewAtOnce,
  });
  await renewVersions(registry, ids);
  await orLost(
    registry.db.batch([
      isUnchanged(look),
      (db) => db.update(renewals).set({ after }).where(eq(renewals.id, look.id)),
    ]),
  );
}

// Judges waiting versions again, and stores the result for the queue.

/**
 * Enqueues the scans that versions in review lack, and judges all the versions. A process that was
 * killed behind a report, or another policy, may have left a version without its next scan.
 */
async function renewVersions(registry: Registry, ids: readonly string[]): Promise<void> {
  const rows = await registry.db.read
    .select({ id: versions.id, status: versions.status })
    .from(versions)
    .where(isAmong(versions.id, ids));
  for (const { id, status } of rows) {
    // A version that was held back after its last attempt must not be scanned again each day.
    if (status !== 'in review') continue;
    await orLater(registry, () => completeScans(registry, id));
    await nextTurn();
  }
  await judgeAnew(registry, ids);
}

/**
 * Judges waiting versions and stores the result. Those that lack an observation wait for one from
 * then on: a report, another policy and the end of a scanner all lead here. A version whose
 * evidence changes meanwhile stays due.
 */
export async function judgeAnew(registry: Registry, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  // The changes are read before the evidence, so that a later change is not taken for known.
  const rows = await registry.db.read
    .select({
      row: versions,
      changes: waiting.changes,
      known: waiting.known,
      before: waiting.judged,
    })
    .from(waiting)
    .innerJoin(versions, eq(versions.id, waiting.versionId))
    .where(isAmong(waiting.versionId, ids));
  const writes: BatchWrite[] = [];
  const unobserved: string[] = [];
  for (const { row, changes, known, before } of rows) {
    const judged = await judgeVersion(registry, row);
    // A version whose evidence is lost for good is judged every few seconds.
    if (known !== changes || JSON.stringify(before) !== JSON.stringify(judged))
      writes.push(judgedWrite(row, changes, judged));
    if (row.status === 'in review' && !('failed' in judged) && judged.observed === undefined)
      unobserved.push(row.id);
    // Other requests are answered between two versions.
    await nextTurn();
  }
  if (registry.policy.observed === true && unobserved.length > 0)
    writes.push(awaitObservations(unobserved));
  if (writes.length > 0) await registry.db.batch(writes);
}

// Of two that judge at once, the one that knew fewer changes does not overwrite the other.
function judgedWrite({ id }: VersionRow, known: number, judged: QueueJudgement): BatchWrite {
  return (db) =>
    db
      .update(waiting)
      .set({ judged, rank: rankOf(judged), known })
      .where(and(eq(waiting.versionId, id), lte(waiting.known, known)));
}
