/**
 * Tables that find identity statements, that prove which there are, and that number scopes.
 * Migrations are generated from this file and schema.ts.
 */
import { index, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import type { Scope } from '../../skills-index/skill/name.ts';

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
 * Where the next check of names begins, for each type of statements that has names. Only a registry
 * whose processes live too briefly to check all has rows.
 */
export const namesChecked = sqliteTable('names_checked', {
  predicateType: text().primaryKey(),
  /** The log index of the next statement. */
  next: integer().notNull(),
});

/**
 * The nodes of the map, by their paths. A changed node is a new row: `size` is the size of the log
 * from which on the node counts. So the map can be read as it was at the head that the last status
 * shows. The migration creates the table WITHOUT ROWID, so that the key is the table.
 */
export const mapNodes = sqliteTable(
  'map_nodes',
  {
    path: text().notNull(),
    size: integer().notNull(),
    /** Base64: the hash of a node (32 bytes), or the key and value of a leaf (64 bytes). */
    node: text().notNull(),
  },
  (table) => [primaryKey({ columns: [table.path, table.size] })],
);

/** The numbers of scopes that have a version in the index. Triggers reject UPDATE and DELETE. */
export const blobScopes = sqliteTable('blob_scopes', {
  number: integer().primaryKey(),
  scope: text().$type<Scope>().notNull().unique(),
});
