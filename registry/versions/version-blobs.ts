/** The rows that say which blobs a version has, and whether its scope shows them to readers. */
import { type SQL, sql } from 'drizzle-orm';
import type { Bundle } from '../../skills-index/skill/bundle.ts';
import type { Digest } from '../../skills-index/skill/digest.ts';
import { scopeOf } from '../../skills-index/skill/name.ts';
import { type BatchWrite, elementOf } from '../store/batch.ts';
import { blobScopes } from '../store/identity-schema.ts';
import { preparedWrite } from '../store/prepared.ts';
import { indexLines, scans, versionBlobs } from '../store/schema.ts';
import type { VersionRow } from './versions.ts';

type Version = Pick<VersionRow, 'id' | 'name'>;

/** The bytes of the files of a version and of their list, which has this many bytes itself. */
export function bytesOf({ files }: Bundle, list: number): number {
  return files.reduce((sum, { size }) => sum + size, list);
}

/** Adds blobs to a version: to one in the index, for its readers. */
export function addBlobs({ id, name }: Version, digests: readonly Digest[]): BatchWrite {
  return added({ id, scope: scopeOf(name), digests: JSON.stringify(digests) });
}

const added = preparedWrite<Record<'id' | 'scope' | 'digests', string>>((db, value) => {
  const scope = sql`IIF(EXISTS (SELECT 1 FROM ${indexLines} WHERE ${indexLines.versionId} = ${value('id')}), ${numberOf(sql`${value('scope')}`)}, 0)`;
  // Without WHERE, SQLite would take ON CONFLICT for the condition of a join.
  const rows = sql`SELECT ${elementOf(versionBlobs.digest)}, ${scope}, ${value('id')} FROM json_each(${value('digests')}) WHERE true`;
  return db.insert(versionBlobs).select(rows).onConflictDoNothing();
});

/** Adds blobs that stay hidden from readers of the index, also once the version is in it. */
export function addHiddenBlobs(
  { id }: Pick<Version, 'id'>,
  digests: readonly Digest[],
): BatchWrite {
  const rows = digests.map((digest) => ({ digest, scope: 0, versionId: id }));
  return (db) => db.insert(versionBlobs).values(rows).onConflictDoNothing();
}

/**
 * Gives the blobs of a version that enters the index to the readers of its scope.
 * @param digests its list of files, and its files. Its reports and their prose go with them.
 */
export function showBlobs({ id, name }: Version, digests: readonly Digest[]): BatchWrite[] {
  const reports = sql`SELECT report FROM ${scans} WHERE ${scans.versionId} = ${id} UNION ALL SELECT prose FROM ${scans} WHERE ${scans.versionId} = ${id}`;
  const all = sql`SELECT ${elementOf(versionBlobs.digest)} FROM json_each(${JSON.stringify(digests)}) UNION ALL ${reports}`;
  const isOwn = sql`${versionBlobs.digest} IN (${all}) AND ${versionBlobs.scope} = 0 AND ${versionBlobs.versionId} = ${id}`;
  const scope = scopeOf(name);
  // A trigger refuses every row that would take another one's place.
  const newScope = sql`SELECT NULL, ${scope} WHERE NOT EXISTS (SELECT 1 FROM ${blobScopes} WHERE ${blobScopes.scope} = ${scope})`;
  return [
    (db) => db.insert(blobScopes).select(newScope),
    (db) =>
      db
        .update(versionBlobs)
        .set({ scope: numberOf(sql`${scope}`) })
        .where(isOwn),
  ];
}

/** The number of a scope in the rows of blobs; null for a scope without a version in the index. */
export function numberOf(scope: SQL): SQL<number> {
  return sql`(SELECT ${blobScopes.number} FROM ${blobScopes} WHERE ${blobScopes.scope} = ${scope})`;
}
