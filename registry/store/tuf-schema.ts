/** The table of TUF's online metadata. Migrations are generated from this file and schema.ts. */
import { index, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';

/** Signed sets of TUF's online metadata, each about one status.json. Only the newest are kept. */
export const tufSets = sqliteTable(
  'tuf_sets',
  {
    version: integer().primaryKey(),
    /** Version of its root and targets. */
    offline: integer().notNull(),
    statusSha256: text().notNull(),
    checkpointSha256: text().notNull(),
    status: text().notNull(),
    checkpoint: text().notNull(),
    online: text().notNull(),
    snapshot: text().notNull(),
    timestamp: text().notNull(),
  },
  (table) => [
    index('tuf_sets_status').on(table.statusSha256),
    index('tuf_sets_checkpoint').on(table.checkpointSha256),
  ],
);
