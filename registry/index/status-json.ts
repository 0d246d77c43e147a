/**
 * status.json: the newest head of the log. It is signed for at most 24 hours, and written again
 * when it is an hour old.
 */
import { eq, sql } from 'drizzle-orm';
import { Problem } from '../../skills-index/skill/problem.ts';
import { signStatus } from '../../skills-index/trust/index-files/sign-status.ts';
import { type Status, verifyStatus } from '../../skills-index/trust/index-files/status-file.ts';
import type { Registry } from '../context.ts';
import { orLater } from '../log/after-logging.ts';
import { finishStatements } from '../log/finish-statements.ts';
import type { HeadAhead } from '../log/head-ahead.ts';
import { committedCheckpoint, logSize, newestCheckpoint } from '../log/log.ts';
import { behindNow, behindOf, logBehind } from '../log/witness-duty.ts';
import { askWitnesses, withCosignatures, witnessesDue } from '../log/witnesses.ts';
import { clockSkewMs } from '../sign-in/sessions.ts';
import { statusLifeMs, statusRefreshMs } from '../store/batch.ts';
import type { KeptStatus } from '../store/known-files.ts';
import { replaceObject, statusName } from '../store/objects.ts';
import { statusFile } from '../store/schema.ts';
import { writeLackingFiles } from './index-file.ts';

/** Statements whose bundles are written together. */
const finishedAtOnce = 50;

/** The present file. It is signed again when it is old, or when the log has grown. */
export async function currentStatus(registry: Registry): Promise<Uint8Array> {
  const memory = registry.statusMemory;
  const kept = memory?.kept;
  if (kept !== undefined && isFresh(registry, kept) && behindOf(registry) === undefined)
    return kept.bytes;
  const turn = memory?.turn ?? 0;
  const behind = await behindNow(registry);
  if (behind !== undefined && 'file' in behind) return statusBehind(registry, behind);
  const last = await readLast(registry);
  const head = await readHead(registry);
  if (
    last === undefined ||
    last.logSize !== (head?.size ?? 0) ||
    !isFresh(registry, last) ||
    !isOwn(last.bytes, registry) ||
    // Another task that asked a witness, such as the start of this program, left the cosignature in
    // the database and not in this file.
    (head !== undefined &&
      statusIn(last.bytes).checkpoint !== (await withCosignatures(registry, head)))
  )
    return refreshStatus(registry);
  const { issuedAt, logSize } = last;
  const bytes = Buffer.from(last.bytes);
  memory?.keep({ bytes, issuedAt, logSize }, turn);
  return bytes;
}

function isFresh(
  registry: Registry,
  { issuedAt, logSize }: Pick<KeptStatus, 'issuedAt' | 'logSize'>,
): boolean {
  const age = registry.now().getTime() - issuedAt;
  return age >= 0 && age < statusRefreshMs && !witnessesDue(registry, logSize);
}

/** The file as it was signed last, for parts that belong to its head. */
export async function signedStatus(registry: Registry): Promise<Uint8Array> {
  const last = await readLast(registry);
  return last === undefined ? currentStatus(registry) : Buffer.from(last.bytes);
}

/** Signs the present head. */
export async function refreshStatus(registry: Registry): Promise<Uint8Array> {
  return registry.exclusive('status', async () => {
    const head = await readHead(registry);
    if (head === undefined)
      throw new Problem('status-stale', 'The log is empty, so there is no status yet');
    await askWitnesses(registry, head);
    // Witnesses are asked first: only a new answer of a witness clears its alarm.
    const behind = await behindNow(registry);
    if (behind !== undefined) return statusBehind(registry, behind);
    // A head must not cover lines that the files lack. But a revocation must not wait for the
    // lines: the next status tries again.
    await orLater(registry, () => writeLackingFiles(registry));
    const now = registry.now();
    const envelope = await signStatus(
      {
        checkpoint: await withCosignatures(registry, head),
        issued: now.toISOString(),
        expires: new Date(now.getTime() + statusLifeMs).toISOString(),
      },
      registry.keys.status,
    );
    const row = {
      id: 1,
      issuedAt: now.getTime(),
      logSize: head.size,
      bytes: JSON.stringify(envelope),
    };
    // Everybody rejects a status with a future date, so any other replaces one that a wrong clock
    // dated.
    const newer = sql`excluded.logSize > ${statusFile.logSize} OR (excluded.logSize = ${statusFile.logSize} AND (excluded.issuedAt >= ${statusFile.issuedAt} OR ${statusFile.issuedAt} > ${now.getTime() + clockSkewMs}))`;
    await registry.db.batch([
      (db) =>
        db
          .insert(statusFile)
          .values(row)
          .onConflictDoUpdate({ target: statusFile.id, set: row, setWhere: newer }),
    ]);
    // A concurrent writer keeps its newer status in the database. The object must not go back to
    // the older one.
    return replaceObject(registry.objects, statusName, async () =>
      Buffer.from((await readLast(registry))?.bytes ?? row.bytes),
    );
  });
}

/** The newest head, of the whole log. */
async function readHead(registry: Registry): ReturnType<typeof newestCheckpoint> {
  const head = await newestCheckpoint(registry);
  const from = head?.size ?? 0;
  try {
    const size = await logSize(registry);
    if (size === from || (await behindNow(registry)) !== undefined) return head;
    // The last entry alone gives a head of the whole log. A stop must not wait for the other
    // entries; their first reader finishes them.
    await finishStatements(registry, wholeNumbers(Math.max(from, size - finishedAtOnce), size));
    return await newestCheckpoint(registry);
  } catch (error) {
    // A stop must not wait for the storage: it takes effect at once.
    registry.reportPutOff?.(error);
    return committedCheckpoint(registry);
  }
}

function wholeNumbers(from: number, upTo: number): readonly number[] {
  return Array.from({ length: upTo - from }, (_, nth) => from + nth);
}

/**
 * Serves the last file over a log that lost its newest entries, perhaps a suspension among them. No
 * status with a new date is signed, so everybody sees how old the last file is. Where that file
 * itself shows the loss, the database has an older status with a smaller head.
 * @throws Problem `log-behind` when there is no such file
 */
async function statusBehind(registry: Registry, behind: HeadAhead): Promise<Uint8Array> {
  const shown = 'file' in behind ? await registry.objects.get(statusName) : undefined;
  if (shown !== undefined) return shown;
  const last = await readLast(registry);
  if (last === undefined) throw logBehind(behind);
  return Buffer.from(last.bytes);
}

/** The content of a file that this registry signed. */
export function statusIn(bytes: Uint8Array | string): Status {
  const { payload } = JSON.parse(
    typeof bytes === 'string' ? bytes : Buffer.from(bytes).toString('utf8'),
  );
  return JSON.parse(Buffer.from(payload, 'base64').toString('utf8'));
}

// After a rotation, the key before signed the last file.
function isOwn(statusText: string, { root, now }: Registry): boolean {
  try {
    const bytes = Buffer.from(statusText);
    verifyStatus(bytes, root, now().getTime(), { graceSeconds: Number.POSITIVE_INFINITY });
    return true;
  } catch (cause) {
    if (cause instanceof Problem) return false;
    throw cause;
  }
}

async function readLast(registry: Registry): Promise<typeof statusFile.$inferSelect | undefined> {
  const [row] = await registry.db.read.select().from(statusFile).where(eq(statusFile.id, 1));
  return row;
}
