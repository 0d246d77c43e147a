/**
 * Deletes the files of versions that were refused, as the operator's rules say: a few at a time.
 * The version itself stays, with its statements, reports, history and list of files.
 *
 * First, one batch takes the files from the version's row and names the blobs that no other row
 * names. Then the blobs are removed. `nothingRemovedSince` keeps an upload that found such a blob
 * from naming the blob meanwhile.
 */
import { and, eq, isNull, lt, type SQL, sql } from 'drizzle-orm';
import { parseBundle } from '../../skills-index/skill/bundle.ts';
import type { Digest } from '../../skills-index/skill/digest.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import type { Registry } from '../context.ts';
import { type BatchWrite, elementOf, holds, isAmong } from '../store/batch.ts';
import { requireBlob } from '../store/blobs.ts';
import { isOpen } from '../store/columns/index-conditions.ts';
import { makeId } from '../store/ids.ts';
import { logSegments } from '../store/log-schema.ts';
import { storedBlobName } from '../store/objects.ts';
import { audit, guard, jobs, statements, versionBlobs, versions } from '../store/schema.ts';
import { type DueVersion, dueVersions, type RetentionRule, rulesOf } from './due-files.ts';
import { blobsRemovedAtOnce, filesDeletedAtOnce, removalsKeptMs } from './limits.ts';
import { endedVersions, removedBlobs } from './retention-schema.ts';

/** One slice. @returns whether more may be due */
export async function deleteSomeFiles(registry: Registry): Promise<boolean> {
  // A slice before may have been interrupted.
  if (await removeBlobs(registry)) return true;
  let isMore = false;
  for (const rule of rulesOf(registry.retention)) {
    const due = await dueVersions(registry.db, rule, {
      now: registry.now(),
      limit: filesDeletedAtOnce,
    });
    for (const version of due)
      try {
        await deleteFiles(registry, rule, version);
        isMore = true;
      } catch (error) {
        if (!(error instanceof Problem)) throw error;
        // A damaged list of files must not keep the others waiting.
        registry.reportPutOff?.(error);
      }
  }
  return (await removeBlobs(registry)) || isMore;
}

async function deleteFiles(
  registry: Registry,
  { state, days }: RetentionRule,
  { id, bundle }: DueVersion,
): Promise<void> {
  const files = await filesOf(registry, bundle);
  const at = registry.now().getTime();
  const isThis = and(
    eq(versions.id, id),
    eq(versions.status, state),
    isNull(versions.filesDeleted),
  );
  const open = and(eq(jobs.versionId, id), isOpen(jobs.state));
  const line = {
    id: makeId(registry),
    at,
    kind: 'deleted' as const,
    versionId: id,
    by: 'registry',
    why: `${files.length} files deleted: ${state} for ${days} days (retention)`,
  };
  await registry.db.batch([
    holds(sql`EXISTS (SELECT 1 FROM ${versions} WHERE ${isThis})`),
    // A scanner that still works on the version reads its files.
    (db) => db.update(jobs).set({ state: 'done', lease: null }).where(open),
    (db) =>
      db
        .delete(versionBlobs)
        .where(and(eq(versionBlobs.versionId, id), isAmong(versionBlobs.digest, files))),
    nameUnnamed(files),
    (db) => db.update(versions).set({ filesDeleted: at, bytes: 0 }).where(eq(versions.id, id)),
    (db) => db.delete(endedVersions).where(eq(endedVersions.versionId, id)),
    (db) => db.insert(audit).values(line),
    removalNoted,
  ]);
}

/** The blobs of the version's files: neither their list, nor reports, nor prose. */
async function filesOf(registry: Registry, list: Digest): Promise<readonly Digest[]> {
  const { bundle } = parseBundle(await requireBlob(registry, list));
  return [...new Set(bundle.files.map(({ sha256 }) => sha256))];
}

/** Names those of the blobs that no row names any more. */
function nameUnnamed(files: readonly Digest[]): BatchWrite {
  return (db) =>
    db
      .insert(removedBlobs)
      .select(sql`SELECT value, NULL FROM ${listOf(files)} WHERE NOT (${isNamed})`)
      .onConflictDoUpdate({ target: removedBlobs.digest, set: { removedAt: null } });
}

/** @returns whether there were blobs to remove */
async function removeBlobs({ db, objects, now }: Registry): Promise<boolean> {
  const rows = await db.read
    .select({ digest: removedBlobs.digest })
    .from(removedBlobs)
    .where(isNull(removedBlobs.removedAt))
    .limit(blobsRemovedAtOnce);
  const digests = rows.map(({ digest }) => digest);
  if (digests.length === 0) return false;
  // Somebody who edits the database can name any blob here, and no other row may lose its blob.
  const named = await db.read
    .select({ digest: sql<Digest>`value` })
    .from(listOf(digests))
    .where(isNamed);
  const kept = new Set(named.map(({ digest }) => digest));
  await objects.remove(digests.filter((digest) => !kept.has(digest)).map(storedBlobName));
  const removedAt = now().getTime();
  await db.batch([
    (write) => write.delete(removedBlobs).where(isAmong(removedBlobs.digest, [...kept])),
    (write) =>
      write.update(removedBlobs).set({ removedAt }).where(isAmong(removedBlobs.digest, digests)),
    // Every backup has read these rows by now.
    (write) =>
      write.delete(removedBlobs).where(lt(removedBlobs.removedAt, removedAt - removalsKeptMs)),
    removalNoted,
  ]);
  return true;
}

function listOf(digests: readonly Digest[]): SQL {
  return sql`json_each(${JSON.stringify(digests)})`;
}

/** Whether a row names the digest in such a list. */
const isNamed = sql.join(
  [versionBlobs.digest, versions.bundle, statements.bundle, logSegments.digest].map(
    (column) => sql`EXISTS (SELECT 1 FROM ${column.table} WHERE ${column} = ${elementOf(column)})`,
  ),
  sql` OR `,
);

const removalNoted: BatchWrite = (db) =>
  db.update(guard).set({ removals: sql`${guard.removals} + 1` });
