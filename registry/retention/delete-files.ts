/**
 * Deletes the files of versions that were refused or withdrawn, as the operator's rules say: a few
 * at a time. The version itself stays, with its statements, reports, history and list of files.
 *
 * First, one batch takes the files from the version's row and names the blobs that no other row
 * names. Then the blobs are removed. `nothingRemovedSince` keeps an upload that found such a blob
 * from naming the blob meanwhile.
 */
import { and, asc, desc, eq, isNull, lt, lte, not, sql } from 'drizzle-orm';
import { index, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { parseBundle } from '../../skills-index/skill/bundle.ts';
import type { Digest } from '../../skills-index/skill/digest.ts';
import { type SkillName, scopeOf } from '../../skills-index/skill/name.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import type { Version } from '../../skills-index/skill/version.ts';
import type { Registry } from '../context.ts';
import { type BatchWrite, type Database, held, holds, isAmong, isInList } from '../store/batch.ts';
import { requireBlob } from '../store/blobs.ts';
import { versionIdColumn } from '../store/columns/digest-column.ts';
import { isDeletion, isOpen } from '../store/columns/index-conditions.ts';
import { storedBlobName } from '../store/objects.ts';
import { preparedOnce, preparedWrite } from '../store/prepared.ts';
import { audit, guard, indexLines, jobs, versionBlobs, versions } from '../store/schema.ts';
import { isNamed, listOf, namedAmong } from '../store/sweeps/named-blobs.ts';
import { numberOf } from '../versions/version-blobs.ts';
import type { RetentionRules } from './retention-rules.ts';

const blobsRemovedAtOnce = 200;

/** Versions whose files one slice deletes, and objects that one slice removes. */
const filesDeletedAtOnce = 10;

/** How long a backup can learn of a removal. */
const removalsKeptMs = 90 * 24 * 3_600_000;

/** Deletions that the desk lists. */
const deletionsShownMax = 10;

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

// The versions whose files a rule deletes.

/** A rule of the operator: for so many days in this final state, a version keeps its files. */
export interface RetentionRule {
  readonly state: 'refused' | 'withdrawn';
  readonly days: number;
}

export interface DueVersion {
  readonly id: string;
  readonly name: SkillName;
  readonly version: Version;
  readonly bundle: Digest;
  /** When the version was refused or withdrawn, in milliseconds since 1970. */
  readonly endedAt: number;
  readonly bytes: number;
}

const dayMs = 24 * 3_600_000;

export function rulesOf({ refusedDays, withdrawnDays }: RetentionRules = {}): RetentionRule[] {
  const rules = [
    { state: 'refused', days: refusedDays },
    { state: 'withdrawn', days: withdrawnDays },
  ] as const;
  return rules.flatMap(({ state, days }) => (days === undefined ? [] : [{ state, days }]));
}

/** Versions that a rule is due for, the longest ended first. */
export async function dueVersions(
  { read }: Pick<Database, 'read'>,
  rule: RetentionRule,
  { now, limit }: { readonly now: Date; readonly limit: number },
): Promise<readonly DueVersion[]> {
  return read
    .select({
      id: versions.id,
      name: versions.name,
      version: versions.version,
      bundle: versions.bundle,
      endedAt: endedVersions.at,
      bytes: versions.bytes,
    })
    .from(endedVersions)
    .innerJoin(versions, eq(versions.id, endedVersions.versionId))
    .where(isDue(rule, now))
    .orderBy(asc(endedVersions.at))
    .limit(limit);
}

/** The number of these versions, and their bytes. Reads all of them. */
export async function sumOfDue(
  { read }: Pick<Database, 'read'>,
  rule: RetentionRule,
  now: Date,
): Promise<{ readonly versions: number; readonly bytes: number }> {
  const [sum] = await read
    .select({ versions: sql<number>`count(*)`, bytes: sql<number>`total(${versions.bytes})` })
    .from(endedVersions)
    .innerJoin(versions, eq(versions.id, endedVersions.versionId))
    .where(isDue(rule, now));
  return sum ?? { versions: 0, bytes: 0 };
}

/** A version that lost its files. */
export interface Deletion {
  readonly name: SkillName;
  readonly version: Version;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly why: string;
}

/** The last deletions, the newest first. */
export async function lastDeletions({
  read,
}: Pick<Database, 'read'>): Promise<readonly Deletion[]> {
  return read
    .select({ name: versions.name, version: versions.version, at: audit.at, why: audit.why })
    .from(audit)
    .innerJoin(versions, eq(versions.id, audit.versionId))
    .where(isDeletion(audit.kind))
    .orderBy(desc(audit.at))
    .limit(deletionsShownMax);
}

function isDue({ state, days }: RetentionRule, now: Date) {
  const until = now.getTime() - days * dayMs;
  // Somebody who edits the database can call a version in the index refused or withdrawn.
  const isIndexed = sql`EXISTS (SELECT 1 FROM ${indexLines} WHERE ${indexLines.versionId} = ${endedVersions.versionId})`;
  return and(eq(endedVersions.state, state), lte(endedVersions.at, until), not(isIndexed));
}

// Tables of retention. Migrations are generated from this file and schema.ts.

/**
 * Versions that were refused or withdrawn and still have their files. A trigger on `audit` adds
 * them.
 */
export const endedVersions = sqliteTable(
  'ended_versions',
  {
    versionId: versionIdColumn().primaryKey(),
    state: text().$type<'refused' | 'withdrawn'>().notNull(),
    at: integer().notNull(),
  },
  (table) => [index('ended_versions_state').on(table.state, table.at)],
);

/**
 * Stored blobs that no row named any more, and whose objects are removed. Backups read the rows. A
 * blob may be stored again later.
 */
export const removedBlobs = sqliteTable(
  'removed_blobs',
  {
    digest: text().$type<Digest>().primaryKey(),
    /** Null until the object is removed. */
    removedAt: integer(),
    /** `guard.removals` after the batch that last named or removed the blob. */
    turn: integer().notNull().default(0),
  },
  (table) => [index('removed_blobs_at').on(table.removedAt)],
);

// Keeps a batch from naming a blob that is removed at the same time.

/**
 * Called before the blobs that a batch names are stored: a blob may be found that is removed soon.
 * @returns a write that makes the batch fail where one of the blobs is being removed, or was
 * removed since this call. The caller then stores its blobs again. Removals of other blobs change
 * nothing
 */
export async function nothingRemovedSince(
  { db }: Pick<Registry, 'db'>,
  blobs: readonly Digest[],
): Promise<BatchWrite> {
  const [before] = await removalsSoFar(db).all();
  return noneRemoved({ blobs: JSON.stringify(blobs), removals: before?.removals ?? 0 });
}

const noneRemoved = preparedWrite<{ readonly blobs: string; readonly removals: number }>(
  (db, value) => {
    const going = sql`${removedBlobs.removedAt} IS NULL OR ${removedBlobs.turn} > ${value('removals')}`;
    const isOurs = isInList(removedBlobs.digest, value('blobs'));
    return held(db, sql`NOT EXISTS (SELECT 1 FROM ${removedBlobs} WHERE ${isOurs} AND (${going}))`);
  },
);

const removalsSoFar = preparedOnce((db) =>
  db.select({ removals: guard.removals }).from(guard).prepare(),
);
