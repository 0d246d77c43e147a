/**
 * Tables that find identity statements. Migrations are generated from this file and schema.ts.
 */
import { index, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';

/**
 * The names under which identity statements are found. A row gives nobody a right: it only says
 * which statement to read and verify. The migration creates the table WITHOUT ROWID, so that the
 * key is the table. Triggers reject UPDATE and DELETE, and a statement without a name.
 */
export const identityNames = sqliteTable(
  'identity_names',
  { name: text().notNull(), logIndex: integer().notNull() },
  (table) => [
    primaryKey({ columns: [table.name, table.logIndex] }),
    index('identity_names_log').on(table.logIndex),
  ],
);

/**
 * Statements from before the table of names, one row for each type. The statements below `upTo`
 * have their names. `until` is the log index of the first statement that was logged with its names.
 * `checked` is where the next check begins.
 */
export const namesFilled = sqliteTable('names_filled', {
  predicateType: text().primaryKey(),
  upTo: integer().notNull(),
  until: integer().notNull(),
  checked: integer().notNull().default(0),
});
