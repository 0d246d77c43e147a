/** The rows that say which blobs a version has, and whether its scope shows them to readers. */
import { sql } from 'drizzle-orm';
import type { Digest } from '../../skills-index/skill/digest.ts';
import { scopeOf } from '../../skills-index/skill/name.ts';
import { type BatchWrite, elementOf } from '../store/batch.ts';
import { preparedWrite } from '../store/prepared.ts';
import { indexLines, scans, versionBlobs } from '../store/schema.ts';
import type { VersionRow } from './versions.ts';

type Version = Pick<VersionRow, 'id' | 'name'>;

/** Adds blobs to a version: to one in the index, for its readers. */
export function addBlobs({ id, name }: Version, digests: readonly Digest[]): BatchWrite {
  return added({ id, scope: scopeOf(name), digests: JSON.stringify(digests) });
}

const added = preparedWrite<Record<'id' | 'scope' | 'digests', string>>((db, value) => {
  const scope = sql`IIF(EXISTS (SELECT 1 FROM ${indexLines} WHERE ${indexLines.versionId} = ${value('id')}), ${value('scope')}, '')`;
  // Without WHERE, SQLite would take ON CONFLICT for the condition of a join.
  const rows = sql`SELECT ${elementOf(versionBlobs.digest)}, ${scope}, ${value('id')} FROM json_each(${value('digests')}) WHERE true`;
  return db.insert(versionBlobs).select(rows).onConflictDoNothing();
});

/** Adds blobs that stay hidden from readers of the index, also once the version is in it. */
export function addHiddenBlobs(
  { id }: Pick<Version, 'id'>,
  digests: readonly Digest[],
): BatchWrite {
  const rows = digests.map((digest) => ({ digest, scope: '' as const, versionId: id }));
  return (db) => db.insert(versionBlobs).values(rows).onConflictDoNothing();
}

/**
 * Gives the blobs of a version that enters the index to the readers of its scope.
 * @param digests its list of files, and its files. Its reports and their prose go with them.
 */
export function showBlobs({ id, name }: Version, digests: readonly Digest[]): BatchWrite {
  const reports = sql`SELECT report FROM ${scans} WHERE ${scans.versionId} = ${id} UNION ALL SELECT prose FROM ${scans} WHERE ${scans.versionId} = ${id}`;
  const all = sql`SELECT ${elementOf(versionBlobs.digest)} FROM json_each(${JSON.stringify(digests)}) UNION ALL ${reports}`;
  const isOwn = sql`${versionBlobs.digest} IN (${all}) AND ${versionBlobs.scope} = '' AND ${versionBlobs.versionId} = ${id}`;
  return (db) =>
    db
      .update(versionBlobs)
      .set({ scope: scopeOf(name) })
      .where(isOwn);
}
