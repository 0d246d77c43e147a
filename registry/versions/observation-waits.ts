/** Versions that wait for an observation, where the policy asks for one. */
import { eq, sql } from 'drizzle-orm';
import type { Registry } from '../context.ts';
import { observationAttemptsMax, observationLaterMs, observationLeaseMs } from '../limits.ts';
import type { BatchWrite } from '../store/batch.ts';
import { observationJobs } from './observation-schema.ts';
import type { VersionRow } from './versions.ts';

/** The write that has versions observed. A version that waits already keeps its attempts. */
export function awaitObservations(versionIds: readonly string[]): BatchWrite {
  const list = JSON.stringify(versionIds);
  const jobs = sql`SELECT CAST(value AS INTEGER), NULL, NULL, 0, 0, NULL FROM json_each(${list}) WHERE true`;
  return (db) => db.insert(observationJobs).select(jobs).onConflictDoNothing();
}

/** The write that ends the wait of a version. */
export function endObservationWait(versionId: string): BatchWrite {
  return (db) => db.delete(observationJobs).where(eq(observationJobs.versionId, versionId));
}

/** The milliseconds for which an attempt keeps other attempts away; the last ones for a day. */
export function observationHoldMs(attempt: number): number {
  return attempt >= observationAttemptsMax ? observationLaterMs : observationLeaseMs;
}

/** A sentence for people. Names and details in it come from scanners. */
export async function observationWaits(
  registry: Registry,
  { id }: Pick<VersionRow, 'id'>,
): Promise<string> {
  const [job] = await registry.db.read
    .select()
    .from(observationJobs)
    .where(eq(observationJobs.versionId, id));
  const waits = 'Waiting for observation:';
  if (job === undefined || job.attempts === 0)
    return `${waits} no scanner that observes has taken the version yet.`;
  const { attempts, detail, lease, leaseUntil, worker } = job;
  const leasedAt = leaseUntil - observationHoldMs(attempts);
  if (lease !== null && registry.now().getTime() < leasedAt + observationLeaseMs)
    return `${waits} ${worker ?? 'a scanner'} runs the version now, attempt ${attempts}.`;
  // A scanner that leased the job and never answered left no reason of this attempt.
  const why = lease === null ? detail : null;
  const next =
    attempts >= observationAttemptsMax ? 'Scanners try again once a day.' : 'Scanners try again.';
  return `${waits} attempt ${attempts} failed: ${why ?? 'the scanner ended without a result'}. ${next}`;
}
