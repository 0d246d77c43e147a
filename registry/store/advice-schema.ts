/**
 * Tables of advice in force, and of advisories. Migrations are generated from this file, too.
 */
import { index, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';

/**
 * The advice in force about versions: at most one row for a version and a kind. The text is in the
 * statement at the log index. Words that take advice back delete its row.
 */
export const advice = sqliteTable(
  'advice',
  {
    versionId: text().notNull(),
    kind: text().$type<'yanked' | 'deprecated'>().notNull(),
    logIndex: integer().notNull(),
  },
  (table) => [primaryKey({ columns: [table.versionId, table.kind] })],
);

/**
 * Versions that were suspended or revoked at any time, for the feed of advisories. A trigger of the
 * audit log adds and renews the rows, so that no writer forgets one. `modified` only grows.
 */
export const advisories = sqliteTable(
  'advisories',
  {
    versionId: text().primaryKey(),
    published: integer().notNull(),
    modified: integer().notNull(),
  },
  (table) => [index('advisories_modified').on(table.modified, table.versionId)],
);
