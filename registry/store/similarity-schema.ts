/** Tables by which near copies are found; migrations come from here and from schema.ts. */
import { integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import type { SimilaritySignature } from '../../skills-index/skill/text/similarity-signature.ts';

/** Sketches of what versions say, to compare the few that a lookup by bands finds. */
export const similarity = sqliteTable('similarity', {
  place: integer().primaryKey({ autoIncrement: true }),
  versionId: text().notNull().unique(),
  signature: text().$type<SimilaritySignature>().notNull(),
});

/**
 * Band keys of sketches: versions that share one may be alike. The migration makes it WITHOUT
 * ROWID, so that the key is the table.
 */
export const similarityBands = sqliteTable(
  'similarity_bands',
  { key: integer().notNull(), place: integer().notNull() },
  (table) => [primaryKey({ columns: [table.key, table.place] })],
);
