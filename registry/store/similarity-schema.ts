/** Tables for finding near copies. Migrations are generated from this file and schema.ts. */
import { integer, primaryKey, sqliteTable } from 'drizzle-orm/sqlite-core';
import { sketchColumn } from './columns/sketch-column.ts';
import { versionIdColumn } from './columns/version-id-column.ts';

/** Sketches of the versions' texts, to compare the few that a lookup by bands finds. */
export const sketches = sqliteTable('sketches', {
  versionId: versionIdColumn().primaryKey(),
  sketch: sketchColumn().notNull(),
});

/**
 * Band keys of sketches: versions with a common key may be similar. The migration creates the table
 * WITHOUT ROWID, so that the key is the table.
 */
export const sketchBands = sqliteTable(
  'sketch_bands',
  { key: integer().notNull(), versionId: versionIdColumn().notNull() },
  (table) => [primaryKey({ columns: [table.key, table.versionId] })],
);
