/** Tables for finding near copies. Migrations are generated from this file and schema.ts. */
import { customType, integer, primaryKey, sqliteTable } from 'drizzle-orm/sqlite-core';
import type { Sketch } from '../../skills-index/skill/text/matching-parts.ts';
import { versionIdColumn } from './columns/digest-column.ts';

// Sketches in the database: 128 bytes.

/** A column of sketches. D1 takes all bytes behind a view, and gives bytes as a list of numbers. */
const sketchColumn = customType<{ data: Sketch; driverData: Uint8Array }>({
  dataType: () => 'blob',
  toDriver: (sketch) => new Uint8Array(sketch),
  fromDriver: (cell) => Uint8Array.from(cell),
});

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
