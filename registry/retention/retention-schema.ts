/** Tables of retention. Migrations are generated from this file and schema.ts. */
import { index, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import type { Digest } from '../../skills-index/skill/digest.ts';
import { versionIdColumn } from '../store/columns/version-id-column.ts';

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
