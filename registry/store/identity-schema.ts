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

/**
 * How far the map of a log from before the map is made (one row, id 1): all names up to `upTo`.
 * `root` is the map of the log of `size` entries, once it has all names.
 */
export const mapFilled = sqliteTable('map_filled', {
  id: integer().primaryKey(),
  upTo: text().notNull(),
  size: integer().notNull(),
  root: text(),
});

/** The numbers of scopes that have a version in the index. Triggers reject UPDATE and DELETE. */
export const blobScopes = sqliteTable('blob_scopes', {
  number: integer().primaryKey(),
  scope: text().$type<Scope>().notNull().unique(),
});
