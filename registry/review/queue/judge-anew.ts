/** Judges waiting versions again, and stores the result for the queue. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { and, eq, lte } from 'drizzle-orm';
import type { Registry } from '../../context.ts';
import { orLater } from '../../log/after-logging.ts';
import { type BatchWrite, isAmong } from '../../store/batch.ts';
import { versions } from '../../store/schema.ts';
import { waiting } from '../../store/waiting-schema.ts';
import { completeScans } from '../../versions/lacking-scans.ts';
import { awaitObservations } from '../../versions/observation-waits.ts';
import type { VersionRow } from '../../versions/versions.ts';
import { judgeVersion, type QueueJudgement, rankOf } from './queue-judgement.ts';

/**
 * Enqueues the scans that versions in review lack, and judges all the versions. A process that was
 * killed behind a report, or another policy, may have left a version without its next scan.
 */
export async function renewVersions(registry: Registry, ids: readonly string[]): Promise<void> {
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
