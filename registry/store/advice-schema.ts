/**
 * Tables of advice in force, of advisories, and of stops whose versions are moved in slices.
 * Migrations are generated from this file, too.
 */
import { index, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import type { Digest } from '../../skills-index/skill/digest.ts';
import type { RevocationPredicate } from '../../skills-index/statement/attestation.ts';
import { versionIdColumn } from './columns/digest-column.ts';

/**
 * The advice in force about versions: at most one row for a version and a kind. The text is in the
 * statement at the log index. Words that take advice back delete its row.
 */
export const advice = sqliteTable(
  'advice',
  {
    versionId: versionIdColumn().notNull(),
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
    versionId: versionIdColumn().primaryKey(),
    published: integer().notNull(),
    modified: integer().notNull(),
  },
  (table) => [index('advisories_modified').on(table.modified, table.versionId)],
);

/**
 * Publishers whose newest suspension, lift or revocation has not reached the rows of all their
 * versions. The log says what holds; the rows follow in slices, and `asShown` shows them as if they
 * had followed.
 */
export const pendingStops = sqliteTable('pending_stops', {
  /** For `ended`, the digest of the statement. */
  publisher: text().$type<Digest>().primaryKey(),
  /** Of the statement. */
  logIndex: integer().notNull(),
  /** `ended`: a key or a membership was ended for a past log index. */
  kind: text().$type<RevocationPredicate['kind'] | 'ended'>().notNull(),
  /** Who signed it, its reason and its time: for the history of each version. */
  by: text().notNull(),
  why: text().notNull(),
  at: integer().notNull(),
  /**
   * The place of the last slice, from `publisherVersions`; empty before the first. For `ended`, the
   * log index up to which everything was looked at.
   */
  after: text().notNull().default(''),
});
