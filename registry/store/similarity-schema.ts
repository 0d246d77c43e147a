/** Tables for finding near copies. Migrations are generated from this file and schema.ts. */
import { integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import type { SimilaritySignature } from '../../skills-index/skill/text/similarity-signature.ts';
import { versionIdColumn } from './columns/version-id-column.ts';

/** Sketches of the versions' texts, to compare the few that a lookup by bands finds. */
export const similarity = sqliteTable('similarity', {
  versionId: versionIdColumn().primaryKey(),
  signature: text().$type<SimilaritySignature>().notNull(),
});

/**
 * Band keys of sketches: versions with a common key may be similar. The migration creates the table
 * WITHOUT ROWID, so that the key is the table.
 */
export const similarityBands = sqliteTable(
  'similarity_bands',
  { key: integer().notNull(), versionId: versionIdColumn().notNull() },
  (table) => [primaryKey({ columns: [table.key, table.versionId] })],
);
