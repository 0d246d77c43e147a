/**
 * Scan jobs. One UPDATE … RETURNING leases a job, and the lease's token fences it. After a few
 * attempts the job is dead and the version quarantined.
 */
import { and, eq, gt, gte, isNull, lt, or, type SQL, sql } from 'drizzle-orm';
import { type Digest, digestOf } from '../../skills-index/skill/digest.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { type Actor, nameOf, type Registry } from '../context.ts';
import { requireRole } from '../people/identities.ts';
import { type BatchWrite, holds, retryOnClash } from '../store/batch.ts';
import { isOpen } from '../store/columns/index-conditions.ts';
import { makeId } from '../store/ids.ts';
import { insertRow } from '../store/prepared.ts';
import { jobs, versions } from '../store/schema.ts';
import { doubtWrite, lacksScan } from '../versions/second-scans.ts';
import { moveWrites, type VersionRow } from '../versions/versions.ts';
import { readVisible, visibleColumns } from '../versions/visible-versions.ts';

export const jobAttemptsMax = 3;

export const leaseMs = 120_000;

export type JobRow = typeof jobs.$inferSelect;

interface LeasedJob {
  readonly id: string;
  /** Opaque token. Only the newest may report. */
  readonly lease: string;
  readonly bundle: VersionRow['bundle'];
  readonly name: VersionRow['name'];
  readonly version: VersionRow['version'];
  /** From 1. */
  readonly attempt: number;
  readonly leaseSeconds: number;
}

/** The write that enqueues a version for a scanner, or for a scanner with a certain rule set. */
export function enqueueScan(
  registry: Registry,
  versionId: string,
  ruleSet: Digest | null = null,
): BatchWrite {
  const job = {
    id: makeId(registry),
    versionId,
    leaseUntil: 0,
    attempts: 0,
    createdAt: registry.now().getTime(),
    ruleSet,
  };
  return insertRow(jobs, { ...job, state: 'waiting' });
}

/** The write that enqueues a version for any scanner, unless a job of the version is open. */
export function enqueueScanOnce({ now, random }: Registry, versionId: string): BatchWrite {
  const at = now().getTime();
  const id = makeId({ now, random });
  const job = sql`SELECT ${id}, ${versionId}, 'waiting', NULL, NULL, 0, 0, NULL, ${at}, NULL WHERE NOT EXISTS (SELECT 1 FROM ${jobs} WHERE ${openJobOf(versionId)})`;
  return (db) => db.insert(jobs).select(job);
}

/** Jobs of a version that wait or are leased. */
export function openJobOf(versionId: string): SQL | undefined {
  return and(eq(jobs.versionId, versionId), isOpen(jobs.state));
}

/**
 * Leases the oldest job that waits, or whose lease expired, to a scanner.
 * @param how.only the jobs that the scanner may have at all
 * @param how.ruleSet the scanner's rule set. Jobs for another rule set are not leased; without it,
 * no job for a certain rule set is
 */
export async function leaseJob(
  registry: Registry,
  actor: Actor,
  {
    ruleSet,
    only,
  }: { readonly ruleSet?: Digest | undefined; readonly only?: SQL | undefined } = {},
): Promise<LeasedJob | undefined> {
  requireRole(actor, ['scanner']);
  await buryExhausted(registry);
  const now = registry.now().getTime();
  const lease = Buffer.from(registry.random(32)).toString('base64url');
  const fits = [
    isNull(jobs.ruleSet),
    ...(ruleSet === undefined ? [] : [eq(jobs.ruleSet, ruleSet)]),
  ];
  // The oldest waiting job for any rule set, the oldest for the scanner's own, and the oldest with
  // an expired lease, each by an index. For all at once, SQLite sorts all waiting jobs.
  const oldestOf = (free: SQL | undefined): SQL =>
    sql`SELECT * FROM (SELECT ${jobs.id}, ${jobs.createdAt} FROM ${jobs} WHERE ${and(isOpen(jobs.state), free, only)} ORDER BY ${jobs.createdAt}, ${jobs.id} LIMIT 1)`;
  const waiting = fits.map((fit) => oldestOf(and(eq(jobs.state, 'waiting'), fit)));
  const over = oldestOf(and(eq(jobs.state, 'leased'), leaseIsOver(now), or(...fits)));
  const free = sql.join([...waiting, over], sql` UNION ALL `);
  const oldest = sql`SELECT id FROM (${free}) ORDER BY createdAt, id LIMIT 1`;
  const [job] = await registry.db.read
    .update(jobs)
    .set({
      state: 'leased',
      lease: digestOf(lease),
      worker: nameOf(actor),
      leaseUntil: now + leaseMs,
      attempts: sql`${jobs.attempts} + 1`,
    })
    .where(eq(jobs.id, sql`(${oldest})`))
    .returning();
  if (job === undefined) return undefined;
  const row = await startScanning(registry, job, nameOf(actor));
  const { bundle, name, version } = row;
  return {
    id: job.id,
    lease,
    bundle,
    name,
    version,
    attempt: job.attempts,
    leaseSeconds: leaseMs / 1_000,
  };
}

/**
 * Renews a lease.
 * @throws Problem `job-stale`, `forbidden`
 */
export async function renewLease(
  registry: Registry,
  actor: Actor,
  held: { readonly id: string; readonly lease: string },
): Promise<number> {
  requireRole(actor, ['scanner']);
  const renewed = await registry.db.read
    .update(jobs)
    .set({ leaseUntil: registry.now().getTime() + leaseMs })
    .where(and(heldBy(held), gte(jobs.leaseUntil, registry.now().getTime())))
    .returning();
  if (renewed.length === 0) throw staleLease();
  return leaseMs / 1_000;
}

/** Why a scanner has no report. */
type ScanFailure = 'killed' | 'limit' | 'crash';

/**
 * Takes a failed scan. The job waits again; after the last attempt it is dead and its version
 * quarantined.
 * @throws Problem `job-stale`, `forbidden`
 */
export async function failJob(
  registry: Registry,
  actor: Actor,
  failed: {
    readonly id: string;
    readonly lease: string;
    readonly reason: ScanFailure;
    readonly detail: string;
  },
): Promise<VersionRow> {
  requireRole(actor, ['scanner']);
  const what =
    failed.reason === 'killed'
      ? 'was killed'
      : failed.reason === 'limit'
        ? 'hit a limit'
        : 'crashed';
  return giveBack(registry, actor, failed, `scan ${what}: ${failed.detail}`);
}

/**
 * Ends an attempt without a report. The job waits for the next attempt, or is dead after the last.
 * @throws Problem `job-stale`
 */
export async function giveBack(
  registry: Registry,
  actor: Actor,
  held: { readonly id: string; readonly lease: string },
  why: string,
): Promise<VersionRow> {
  return retryOnClash(async () => {
    const job = await requireLease(registry, held);
    const row = await versionOf(registry, job);
    const last = job.attempts >= jobAttemptsMax;
    const end = last
      ? await lastAttemptWrites(registry, row, { by: nameOf(actor), why })
      : { writes: [], moved: row };
    await registry.db.batch([
      holdsLease(held),
      (db) =>
        db
          .update(jobs)
          .set({ state: last ? 'dead' : 'waiting', lease: null, detail: why })
          .where(eq(jobs.id, job.id)),
      ...end.writes,
    ]);
    return end.moved;
  });
}

/**
 * The job that a token leases.
 * @throws Problem `job-stale`
 */
export async function requireLease(
  registry: Registry,
  held: { readonly id: string; readonly lease: string },
): Promise<JobRow> {
  const [job] = await registry.db.read
    .select()
    .from(jobs)
    .where(and(heldBy(held), gt(jobs.leaseUntil, registry.now().getTime())));
  if (job === undefined) throw staleLease();
  return job;
}

/** Makes a batch fail when the job was leased to another scanner meanwhile. */
export function holdsLease(held: { readonly id: string; readonly lease: string }): BatchWrite {
  return holds(
    sql`EXISTS (SELECT 1 FROM ${jobs} WHERE ${jobs.id} = ${held.id} AND ${jobs.state} = 'leased' AND ${eq(jobs.lease, digestOf(held.lease))})`,
  );
}

/** The version of a job as it is shown. */
export async function versionOf(registry: Registry, job: JobRow): Promise<VersionRow> {
  const [row] = await readVisible(registry, () =>
    registry.db.read.select(visibleColumns).from(versions).where(eq(versions.id, job.versionId)),
  );
  if (row === undefined) throw new Problem('internal', `Scan job ${job.id} belongs to no version`);
  return row;
}

async function startScanning(registry: Registry, job: JobRow, by: string): Promise<VersionRow> {
  return retryOnClash(async () => {
    const row = await versionOf(registry, job);
    if (row.status !== 'received') return row;
    const { writes, moved } = moveWrites(
      registry,
      row,
      { from: 'received', to: 'scanning', by: 'verdict' },
      {
        by,
        why: 'a scanner took it',
      },
    );
    await registry.db.batch(writes);
    return moved;
  });
}

// A worker that dies with each job must not block the queue: after the last attempt the job is
// dead.
async function buryExhausted(registry: Registry): Promise<void> {
  const exhausted = await registry.db.read
    .select()
    .from(jobs)
    .where(
      and(
        isOpen(jobs.state),
        eq(jobs.state, 'leased'),
        leaseIsOver(registry.now().getTime()),
        gte(jobs.attempts, jobAttemptsMax),
      ),
    )
    .limit(10);
  for (const job of exhausted) {
    await retryOnClash(async () => {
      const row = await versionOf(registry, job);
      const why = `scan ended without a report ${job.attempts} times`;
      const end = await lastAttemptWrites(registry, row, { by: 'registry', why });
      await registry.db.batch([
        (db) =>
          db
            .update(jobs)
            .set({ state: 'dead', lease: null, detail: why })
            .where(eq(jobs.id, job.id)),
        ...end.writes,
      ]);
    });
  }
}

async function lastAttemptWrites(
  registry: Registry,
  row: VersionRow,
  cause: { readonly by: string; readonly why: string },
): Promise<ReturnType<typeof moveWrites>> {
  // Nobody can approve the version without this scan. A person can have it scanned again out of
  // quarantine.
  if (row.status === 'in review' && (await lacksScan(registry, row)))
    return moveWrites(
      registry,
      row,
      { from: 'in review', to: 'quarantined', by: 'verdict' },
      cause,
    );
  if (row.status !== 'received' && row.status !== 'scanning') {
    // A version that was scanned before keeps its state. Its rescan failed, and a person is told.
    return {
      writes: [
        doubtWrite(registry, row, {
          ...cause,
          why: `A rescan failed: ${cause.why}`.slice(0, 1_000),
        }),
      ],
      moved: row,
    };
  }
  return moveWrites(registry, row, { from: row.status, to: 'quarantined', by: 'verdict' }, cause);
}

function heldBy({
  id,
  lease,
}: {
  readonly id: string;
  readonly lease: string;
}): ReturnType<typeof and> {
  return and(eq(jobs.id, id), eq(jobs.state, 'leased'), eq(jobs.lease, digestOf(lease)));
}

// A lease that ends much later than a new one would was given by a clock that was ahead, and would
// block its job until then.
function leaseIsOver(now: number): SQL | undefined {
  return or(lt(jobs.leaseUntil, now), gt(jobs.leaseUntil, now + 2 * leaseMs));
}

function staleLease(): Problem {
  return new Problem('job-stale', 'The lease has expired, or another worker has the job');
}
