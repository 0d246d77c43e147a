/** The table of cosignatures, beside the table of the log. */
import { integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';

/** Cosignatures of witnesses on the checkpoint of one size: the newest line of each witness. */
export const cosignatures = sqliteTable(
  'cosignatures',
  {
    size: integer().notNull(),
    name: text().notNull(),
    /** Seconds since 1970, by the witness's clock. */
    seconds: integer().notNull(),
    line: text().notNull(),
  },
  (table) => [primaryKey({ columns: [table.size, table.name] })],
);
