/**
 * Every version that lacks a counting scan has a job for one. Policies change, scanners are ended
 * and scanners change their rules while a version waits, so each of these events checks the version
 * here. A version without a job would wait for ever.
 */
import { eq } from 'drizzle-orm';
import type { Registry } from '../context.ts';
import { enqueueScanOnce, openJobOf } from '../scans/jobs.ts';
import { type BatchWrite, retryOnClash } from '../store/batch.ts';
import { jobs, versions } from '../store/schema.ts';
import { readScannedBy } from './second-scans.ts';
import { moveWrites, type VersionRow } from './versions.ts';

/**
 * Enqueues the scan that a version lacks, or moves on a version that waited for a scan and has it
 * now.
 */
export async function completeScans(registry: Registry, versionId: string): Promise<void> {
  await retryOnClash(async () => {
    const [row] = await registry.db.read.select().from(versions).where(eq(versions.id, versionId));
    if (row === undefined || !isWaiting(row)) return;
    const { scans, needed } = await readScannedBy(registry, row);
    if (scans.length >= needed) return goOn(registry, row);
    const open = openJobOf(row.id);
    const [job] = await registry.db.read.select({ id: jobs.id }).from(jobs).where(open).limit(1);
    if (job !== undefined) return;
    await registry.db.batch([enqueueScanOnce(registry, row.id)]);
  });
}

/** The write that enqueues the scan that a version lacks, if it lacks one. */
export async function missingScanWrites(
  registry: Registry,
  row: VersionRow,
): Promise<BatchWrite[]> {
  if (!isWaiting(row)) return [];
  const { scans, needed } = await readScannedBy(registry, row);
  return scans.length < needed ? [enqueueScanOnce(registry, row.id)] : [];
}

// A version that was held back waits for a person who reads its report. Without a report there is
// nothing to read.
function isWaiting({ status, report }: VersionRow): boolean {
  return (
    status === 'scanning' || status === 'in review' || (status === 'quarantined' && report === null)
  );
}

async function goOn(registry: Registry, row: VersionRow): Promise<void> {
  if (row.status !== 'scanning') return;
  const to = row.verdict === 'pass' || row.verdict === 'review' ? 'in review' : 'quarantined';
  const cause = {
    by: 'registry',
    why: `scan verdict: ${row.verdict}, by as many scanners as policy asks for`,
  };
  await registry.db.batch(
    moveWrites(registry, row, { from: 'scanning', to, by: 'verdict' }, cause).writes,
  );
}
