/** status.json: what changed about approved versions, signed for at most 24 hours and written again when it is an hour old. */
import { asc, eq, isNotNull, sql } from 'drizzle-orm';
import { canonicalJson } from '../skills-index/skill/canonical-json.ts';
import { Problem } from '../skills-index/skill/problem.ts';
import { parseEnvelope, verifyEnvelope } from '../skills-index/statement/sign.ts';
import { type Status, type StatusMark, signStatus } from '../skills-index/trust/status-file.ts';
import type { Registry } from './context.ts';
import { writeLackingFiles } from './index-file.ts';
import { clockSkewMs, statusLifeMs, statusRefreshMs } from './limits.ts';
import { newestCheckpoint } from './log.ts';
import { replaceObject } from './objects.ts';
import { marks, statusFile } from './schema.ts';
import { behindNow, requireWhole } from './witness-duty.ts';
import { askWitnesses, withCosignatures, witnessesDue } from './witnesses.ts';

/** Where a static host finds it. */
export const statusName = 'public/index/status.json';

/** The file as it is now; signed anew when it is old, the log has grown since, or it lacks a mark that was cut off before the signing. */
export async function currentStatus(registry: Registry): Promise<Uint8Array> {
  const last = await readLast(registry);
  const head = await newestCheckpoint(registry);
  const age = registry.now().getTime() - (last?.issuedAt ?? 0);
  const fresh = last !== undefined && age >= 0 && age < statusRefreshMs && last.logSize === (head?.size ?? 0);
  if (
    fresh &&
    canonicalJson(statusIn(last.bytes).marks) === canonicalJson(await readMarks(registry)) &&
    isOwn(last.bytes, registry) &&
    !witnessesDue(registry, last.logSize) &&
    // Whoever else asked a witness, such as the start of this program, left its cosignature in the database and not in this file.
    (head === undefined || statusIn(last.bytes).checkpoint === (await withCosignatures(registry, head)))
  )
    return Buffer.from(last.bytes);
  return refreshStatus(registry);
}

/** Signs the marks as they are now. */
export async function refreshStatus(registry: Registry): Promise<Uint8Array> {
  return registry.exclusive('status', async () => {
    // The head before the marks: a status whose checkpoint covers a revocation must never lack its mark.
    const head = await newestCheckpoint(registry);
    if (head === undefined) throw new Problem('status-stale', 'The log is empty, so there is no status yet');
    await askWitnesses(registry, head);
    // Over a log that lost its end, perhaps with a suspension in it, no new day is signed; the last file shows everybody how old it is.
    const isBehind = (await behindNow(registry)) !== undefined;
    const last = isBehind ? await readLast(registry) : undefined;
    if (last !== undefined) return Buffer.from(last.bytes);
    if (isBehind) await requireWhole(registry);
    // A head must not outrun the lines that it covers. A revocation must not wait for them: the next status tries again.
    await writeLackingFiles(registry).catch(() => undefined);
    const now = registry.now();
    const envelope = await signStatus(
      {
        checkpoint: await withCosignatures(registry, head),
        marks: await readMarks(registry),
        issued: now.toISOString(),
        expires: new Date(now.getTime() + statusLifeMs).toISOString(),
      },
      registry.keys.status,
    );
    const row = { id: 1, issuedAt: now.getTime(), logSize: head.size, bytes: JSON.stringify(envelope) };
    // Everybody refuses a status of the future, so one that a wrong clock dated gives way to any other.
    const newer = sql`excluded.logSize > ${statusFile.logSize} OR (excluded.logSize = ${statusFile.logSize} AND (excluded.issuedAt >= ${statusFile.issuedAt} OR ${statusFile.issuedAt} > ${now.getTime() + clockSkewMs}))`;
    await registry.db.batch([
      (db) => db.insert(statusFile).values(row).onConflictDoUpdate({ target: statusFile.id, set: row, setWhere: newer }),
    ]);
    // Whoever signs meanwhile keeps the newer one in the database; the object must not go back to the older.
    return replaceObject(registry.objects, statusName, async () => Buffer.from((await readLast(registry))?.bytes ?? row.bytes));
  });
}

async function readMarks(registry: Registry): Promise<StatusMark[]> {
  const rows = await registry.db.read.select().from(marks).where(isNotNull(marks.kind)).orderBy(asc(marks.bundle));
  return rows.flatMap(({ bundle, kind, reason, since }) =>
    kind === null ? [] : [{ bundle, kind, reason, since: new Date(since).toISOString() }],
  );
}

/** What a file says that was signed here. */
export function statusIn(bytes: Uint8Array | string): Status {
  const { payload } = JSON.parse(typeof bytes === 'string' ? bytes : Buffer.from(bytes).toString('utf8'));
  return JSON.parse(Buffer.from(payload, 'base64').toString('utf8'));
}

// After a rotation the last file is one of the key before.
function isOwn(statusText: string, { keys }: Registry): boolean {
  return verifyEnvelope(parseEnvelope(JSON.parse(statusText)), keys.status.publicKey);
}

async function readLast(registry: Registry): Promise<typeof statusFile.$inferSelect | undefined> {
  const [row] = await registry.db.read.select().from(statusFile).where(eq(statusFile.id, 1));
  return row;
}
