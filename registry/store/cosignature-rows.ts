/** The table of cosignatures, beside the log that it is about. */
import { integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';

/** Cosignatures of witnesses on the checkpoint of one size: the newest line of each. */
export const cosignatures = sqliteTable(
  'cosignatures',
  {
    size: integer().notNull(),
    name: text().notNull(),
    /** Seconds since 1970, as the witness says. */
    seconds: integer().notNull(),
    line: text().notNull(),
  },
  (table) => [primaryKey({ columns: [table.size, table.name] })],
);
