/** Tables of notices. Migrations are generated from this file and schema.ts. */
import { sql } from 'drizzle-orm';
import { index, integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';
import type { Scope } from '../../skills-index/skill/name.ts';
import type { VersionState } from '../versions/status.ts';

/** What people can be told: a version waits, a reviewer asked, and so on. */
export const noticeKinds = ['waiting', 'asked', 'answered', 'decided', 'stopped'] as const;
export type NoticeKind = (typeof noticeKinds)[number];

/**
 * The outbox: one row for each event that people can be told of. A trigger on `audit` writes the
 * row in the batch of the event, so no event is without its notice. Rows go after a month.
 */
export const notices = sqliteTable(
  'notices',
  {
    /** The order of the events; numbers are never used again. */
    seq: integer().primaryKey({ autoIncrement: true }),
    kind: text().$type<NoticeKind>().notNull(),
    /** The state that the version moved to; null for a question or an answer. */
    state: text().$type<VersionState>(),
    versionId: text().notNull(),
    /** Of the version: each scope with versions of a stopped publisher gets a notice. */
    scope: text().$type<Scope | ''>().notNull().default(''),
    by: text().notNull(),
    at: integer().notNull(),
    /** Further versions of the scope that the same statement stopped: there can be very many. */
    more: integer().notNull().default(0),
  },
  (table) => [
    uniqueIndex('notices_stopped')
      .on(table.at, table.by, table.state, table.scope)
      .where(sql`${table.kind} = 'stopped'`),
    index('notices_at').on(table.at),
  ],
);

/** How far each recipient was told, and when to try again after a failure. */
export const noticePlaces = sqliteTable('notice_places', {
  /** Digest of the recipient's address. */
  recipient: text().primaryKey(),
  /** The last notice that the recipient got. */
  seq: integer().notNull(),
  failures: integer().notNull().default(0),
  /** Of the first failure since the last notice that arrived; null without one. */
  failedAt: integer(),
  nextAt: integer().notNull().default(0),
});
