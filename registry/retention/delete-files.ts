/**
 * Deletes the files of versions that were refused or withdrawn, as the operator's rules say: a few
 * at a time. The version itself stays, with its statements, reports, history and list of files.
 *
 * First, one batch takes the files from the version's row and names the blobs that no other row
 * names. Then the blobs are removed. `nothingRemovedSince` keeps an upload that found such a blob
 * from naming the blob meanwhile.
 */
import { and, eq, isNull, lt, sql } from 'drizzle-orm';
import { parseBundle } from '../../skills-index/skill/bundle.ts';
import type { Digest } from '../../skills-index/skill/digest.ts';
import { scopeOf } from '../../skills-index/skill/name.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import type { Registry } from '../context.ts';
import { type BatchWrite, holds, isAmong } from '../store/batch.ts';
import { requireBlob } from '../store/blobs.ts';
import { isOpen } from '../store/columns/index-conditions.ts';
import { storedBlobName } from '../store/objects.ts';
import { audit, guard, jobs, versionBlobs, versions } from '../store/schema.ts';
import { isNamed, listOf, namedAmong } from '../store/sweeps/named-blobs.ts';
import { numberOf } from '../versions/version-blobs.ts';
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
  { id, name, bundle }: DueVersion,
): Promise<void> {
  const files = await filesOf(registry, bundle);
  const at = registry.now().getTime();
  const isThis = and(
    eq(versions.id, id),
    eq(versions.status, state),
    isNull(versions.filesDeleted),
  );
  // The whole key of the rows: very many versions may have one of the files. A trigger refuses the
  // rows of a version in the index.
  const isRow = and(
    isAmong(versionBlobs.digest, files),
    sql`${versionBlobs.scope} IN (0, ${numberOf(sql`${scopeOf(name)}`)})`,
    eq(versionBlobs.versionId, id),
  );
  const open = and(eq(jobs.versionId, id), isOpen(jobs.state));
  const line = {
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
    (db) => db.delete(versionBlobs).where(isRow),
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
      .select(sql`SELECT value, NULL, ${thisTurn} FROM ${listOf(files)} WHERE NOT (${isNamed})`)
      .onConflictDoUpdate({
        target: removedBlobs.digest,
        set: { removedAt: null, turn: thisTurn },
      });
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
  const kept = await namedAmong(db, digests);
  await objects.remove(digests.filter((digest) => !kept.has(digest)).map(storedBlobName));
  const removedAt = now().getTime();
  await db.batch([
    (write) => write.delete(removedBlobs).where(isAmong(removedBlobs.digest, [...kept])),
    (write) =>
      write
        .update(removedBlobs)
        .set({ removedAt, turn: thisTurn })
        .where(isAmong(removedBlobs.digest, digests)),
    // Every backup has read these rows by now.
    (write) =>
      write.delete(removedBlobs).where(lt(removedBlobs.removedAt, removedAt - removalsKeptMs)),
    removalNoted,
  ]);
  return true;
}

// What `removalNoted`, the last write of the same batch, makes of the count.
const thisTurn = sql`(SELECT ${guard.removals} + 1 FROM ${guard})`;

const removalNoted: BatchWrite = (db) =>
  db.update(guard).set({ removals: sql`${guard.removals} + 1` });
