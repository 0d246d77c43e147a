/** Tables beside the table of the log. Migrations are generated from this file, too. */
import { integer, primaryKey, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';
import type { Digest } from '../../skills-index/skill/digest.ts';

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

/**
 * Objects that hold the bundles of the log's older statements, in the order of the log and without
 * a hole. A segment ends with a batch. The rows of its entries have no evidence any more: see
 * `statements` and `log`. Triggers reject UPDATE and DELETE.
 */
export const logSegments = sqliteTable(
  'log_segments',
  {
    /** Log index of the first entry. */
    first: integer().primaryKey(),
    /** Log index behind the last entry. */
    until: integer().notNull(),
    /** A pack of the bundles: docs/spec/packs.md. */
    digest: text().$type<Digest>().notNull(),
  },
  (table) => [uniqueIndex('log_segments_digest').on(table.digest)],
);
