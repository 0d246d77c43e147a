/** The table of TUF's online metadata; migrations come from here and from schema.ts. */
import { index, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';

/** Signed sets of TUF's online metadata, each about one status.json; only the newest are kept. */
export const tufSets = sqliteTable(
  'tuf_sets',
  {
    version: integer().primaryKey(),
    /** Version of the root and targets that it stands under. */
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
