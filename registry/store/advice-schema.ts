/** The table of advice in force. Migrations are generated from this file and schema.ts. */
import { integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';

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
