/**
 * Finishes what a crash or a change of policy left: a few versions at a time, along indexes, so
 * that other requests are answered meanwhile.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { and, asc, eq, gt, sql } from 'drizzle-orm';
import type { Registry } from '../context.ts';
import { untilDone } from '../keep-on.ts';
import { resumedAtOnce } from '../limits.ts';
import { finishStatements } from '../log/finish-statements.ts';
import { versions } from '../store/schema.ts';
import { renewals, waiting } from '../store/waiting-schema.ts';
import { completeScans } from '../versions/lacking-scans.ts';
import { writeLackingFiles } from './index-file.ts';
import { settle } from './publish-index.ts';

/** Receives the error of one version. The version must not keep the others waiting. */
type OnRefusal = (error: unknown) => void;

/** A step for the versions of one kind, in the order of their log indexes. */
interface Round {
  readonly kind: 'approved' | 'scanning';
  next(registry: Registry, after: number, limit: number): Promise<readonly Place[]>;
  step(registry: Registry, id: string): Promise<unknown>;
}

interface Place {
  readonly id: string;
  readonly logIndex: number;
}

const rounds: readonly Round[] = [
  // The approvals may suffice since the last step.
  { kind: 'approved', next: approvedAfter, step: settle },
  // The policy may ask for more or fewer scans since the last start. `renewQueue` completes the
  // versions in review, which may be very many.
  { kind: 'scanning', next: scanningAfter, step: completeScans },
];

/** Everything that is left, until `signal` ends it. */
export async function resume(
  registry: Registry,
  onRefusal: OnRefusal,
  signal?: AbortSignal,
): Promise<void> {
  await finishStatements(registry);
  await untilDone(() => writeLackingFiles(registry), signal);
  for (const round of rounds) {
    let after: number | undefined = -Infinity;
    while (after !== undefined && signal?.aborted !== true)
      after = await slice(registry, round, { after, onRefusal });
  }
}

/** As much as one request of a Worker may do. The next call goes on behind it. */
export async function resumeSome(registry: Registry, onRefusal: OnRefusal): Promise<void> {
  await finishStatements(registry);
  await writeLackingFiles(registry);
  for (const round of rounds) {
    const key = and(eq(renewals.kind, 'resume'), eq(renewals.value, round.kind));
    const [known] = await registry.db.read.select().from(renewals).where(key);
    const from = known?.after ?? '';
    const after = await slice(registry, round, {
      after: from === '' ? -Infinity : Number(from),
      onRefusal,
    });
    // Behind the last version, the next call begins at the first again.
    const values = { kind: 'resume' as const, value: round.kind, after: String(after ?? '') };
    await registry.db.batch([
      (db) =>
        db
          .insert(renewals)
          .values(values)
          .onConflictDoUpdate({
            target: [renewals.kind, renewals.value],
            set: { after: values.after },
          }),
    ]);
  }
}

/** @returns the log index of the last version; undefined when none is left */
async function slice(
  registry: Registry,
  { next, step }: Round,
  { after, onRefusal }: { readonly after: number; readonly onRefusal: OnRefusal },
): Promise<number | undefined> {
  const found = await next(registry, Math.max(after, Number.MIN_SAFE_INTEGER), resumedAtOnce);
  for (const { id } of found) {
    await step(registry, id).catch(onRefusal);
    await nextTurn();
  }
  return found.length < resumedAtOnce ? undefined : found.at(-1)?.logIndex;
}

async function approvedAfter(
  { db }: Registry,
  after: number,
  limit: number,
): Promise<readonly Place[]> {
  return (
    db.read
      .select({ id: waiting.versionId, logIndex: waiting.logIndex })
      .from(waiting)
      // A literal 0 and no parameter: SQLite uses the index over approved versions for it only.
      .where(and(sql`${waiting.approvals} > 0`, gt(waiting.logIndex, after)))
      .orderBy(asc(waiting.logIndex))
      .limit(limit)
  );
}

async function scanningAfter(
  { db }: Registry,
  after: number,
  limit: number,
): Promise<readonly Place[]> {
  return db.read
    .select({ id: versions.id, logIndex: versions.logIndex })
    .from(versions)
    .where(and(eq(versions.status, 'scanning'), gt(versions.logIndex, after)))
    .orderBy(asc(versions.logIndex))
    .limit(limit);
}
