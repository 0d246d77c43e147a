/** status.json: what changed about approved versions, signed for at most 24 hours and written again when it is an hour old. */
import { asc, eq, isNotNull, sql } from 'drizzle-orm';
import { Problem } from '../skills-index/skill/problem.ts';
import { signStatus } from '../skills-index/trust/status-file.ts';
import type { Registry } from './context.ts';
import { statusLifeMs, statusRefreshMs } from './limits.ts';
import { newestCheckpoint } from './log.ts';
import { marks, statusFile } from './schema.ts';

/** Where a static host finds it. */
export const statusName = 'public/index/status.json';

/** The file as it is now; signed anew when it is old or the log has grown since. */
export async function currentStatus(registry: Registry): Promise<Uint8Array> {
  const last = await readLast(registry);
  const head = await newestCheckpoint(registry);
  const age = registry.now().getTime() - (last?.issuedAt ?? 0);
  if (last !== undefined && age >= 0 && age < statusRefreshMs && last.logSize === (head?.size ?? 0))
    return Buffer.from(last.bytes);
  return refreshStatus(registry);
}

/** Signs the marks as they are now. */
export async function refreshStatus(registry: Registry): Promise<Uint8Array> {
  return registry.exclusive('status', async () => {
    const now = registry.now();
    // The head before the marks: a status whose checkpoint covers a revocation must never lack its mark.
    const head = await newestCheckpoint(registry);
    if (head === undefined) throw new Problem('status-stale', 'The log is empty, so there is no status yet');
    const rows = await registry.db.read.select().from(marks).where(isNotNull(marks.kind)).orderBy(asc(marks.bundle));
    const envelope = await signStatus(
      {
        checkpoint: head.note,
        marks: rows.flatMap(({ bundle, kind, reason, since }) =>
          kind === null ? [] : [{ bundle, kind, reason, since: new Date(since).toISOString() }],
        ),
        issued: now.toISOString(),
        expires: new Date(now.getTime() + statusLifeMs).toISOString(),
      },
      registry.keys.status,
    );
    const row = { id: 1, issuedAt: now.getTime(), logSize: head.size, bytes: JSON.stringify(envelope) };
    const newer = sql`excluded.logSize > ${statusFile.logSize} OR (excluded.logSize = ${statusFile.logSize} AND excluded.issuedAt >= ${statusFile.issuedAt})`;
    await registry.db.batch([
      (db) => db.insert(statusFile).values(row).onConflictDoUpdate({ target: statusFile.id, set: row, setWhere: newer }),
    ]);
    const kept = Buffer.from((await readLast(registry))?.bytes ?? row.bytes);
    await registry.objects.put(statusName, kept);
    return kept;
  });
}

async function readLast(registry: Registry): Promise<typeof statusFile.$inferSelect | undefined> {
  const [row] = await registry.db.read.select().from(statusFile).where(eq(statusFile.id, 1));
  return row;
}
