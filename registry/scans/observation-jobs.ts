/**
 * Observation jobs: where the policy asks for observations, scanners that can observe lease the
 * versions that wait for one. The observation itself arrives as every other does.
 */
import { and, eq, gt, lt, type SQL, sql } from 'drizzle-orm';
import { digestOf } from '../../skills-index/skill/digest.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { type Actor, nameOf, type Registry } from '../context.ts';
import {
  observationAttemptsMax,
  observationLaterMs,
  observationLeaseMs,
  observationRetryMs,
  observationTriesMax,
} from '../limits.ts';
import { requireRole } from '../people/identities.ts';
import { versions } from '../store/schema.ts';
import { observationJobs } from '../versions/observation-schema.ts';
import { endObservationWait } from '../versions/observation-waits.ts';
import { observationsOf } from '../versions/observations.ts';
import { readShown, shownColumns } from '../versions/shown-versions.ts';
import type { VersionRow } from '../versions/versions.ts';

type ObservationJobRow = typeof observationJobs.$inferSelect;

export interface LeasedObservation extends Pick<VersionRow, 'bundle' | 'name' | 'version'> {
  /** Opaque token. Only the newest may report a failure. */
  readonly lease: string;
  /** From 1. */
  readonly attempt: number;
  readonly leaseSeconds: number;
}

/**
 * Leases a job that nobody tried yet, the oldest publication first, or else the job that waits
 * longest for its next attempt. Nothing is leased where the policy asks for no observations.
 * @throws Problem `forbidden`
 */
export async function leaseObservation(
  registry: Registry,
  actor: Actor,
): Promise<LeasedObservation | undefined> {
  requireRole(actor, ['scanner']);
  if (registry.policy.observed !== true) return undefined;
  for (let tries = 0; tries < observationTriesMax; tries++) {
    const lease = Buffer.from(registry.random(32)).toString('base64url');
    const job = await leaseNext(registry, nameOf(actor), lease);
    if (job === undefined) return undefined;
    const row = await waitingVersion(registry, job);
    if (row !== undefined)
      return {
        lease,
        bundle: row.bundle,
        name: row.name,
        version: row.version,
        attempt: job.attempts,
        leaseSeconds: observationLeaseMs / 1_000,
      };
    await registry.db.batch([endObservationWait(job.versionId)]);
  }
  return undefined;
}

/**
 * Takes a failed attempt. The job waits a minute, so that others go first, and after several
 * attempts a day.
 * @throws Problem `job-stale`, `forbidden`
 */
export async function failObservation(
  registry: Registry,
  actor: Actor,
  failed: { readonly lease: string; readonly detail: string },
): Promise<void> {
  requireRole(actor, ['scanner']);
  const { attempts, leaseUntil } = observationJobs;
  const again = registry.now().getTime() + observationRetryMs;
  const given = await registry.db.read
    .update(observationJobs)
    .set({
      lease: null,
      leaseUntil: sql`CASE WHEN ${attempts} < ${observationAttemptsMax} THEN ${again} ELSE ${leaseUntil} END`,
      detail: failed.detail,
    })
    .where(
      and(
        eq(observationJobs.lease, digestOf(failed.lease)),
        eq(observationJobs.worker, nameOf(actor)),
      ),
    )
    .returning();
  if (given.length === 0)
    throw new Problem('job-stale', 'The lease has expired, or another worker has the job');
}

async function leaseNext(
  { db, now }: Registry,
  worker: string,
  lease: string,
): Promise<ObservationJobRow | undefined> {
  const { attempts, leaseUntil, versionId } = observationJobs;
  const at = now().getTime();
  const firstOf = (free: SQL | undefined): SQL =>
    sql`(SELECT ${versionId} FROM ${observationJobs} WHERE ${free} ORDER BY ${leaseUntil}, ${versionId} LIMIT 1)`;
  // A lease that ends much later than any new one would was given by a clock that was ahead.
  const next = sql`COALESCE(${firstOf(lt(leaseUntil, at))}, ${firstOf(gt(leaseUntil, at + 2 * observationLaterMs))})`;
  // From the last attempts a day passes to the next one, also when the scanner never answers. A
  // submission that ends its scanner costs one attempt a day.
  const isLast = sql`${attempts} + 1 >= ${observationAttemptsMax}`;
  const [job] = await db.read
    .update(observationJobs)
    .set({
      lease: digestOf(lease),
      worker,
      leaseUntil: sql`CASE WHEN ${isLast} THEN ${at + observationLaterMs} ELSE ${at + observationLeaseMs} END`,
      attempts: sql`${attempts} + 1`,
    })
    .where(eq(versionId, next))
    .returning();
  return job;
}

// A person may have refused the version meanwhile, or handed an observation in.
async function waitingVersion(
  registry: Registry,
  { versionId }: ObservationJobRow,
): Promise<VersionRow | undefined> {
  const [row] = await readShown(registry, () =>
    registry.db.read.select(shownColumns).from(versions).where(eq(versions.id, versionId)),
  );
  if (row?.status !== 'in review') return undefined;
  return (await observationsOf(registry, row)).length === 0 ? row : undefined;
}
