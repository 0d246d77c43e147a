/**
 * Tables of the review queue. Triggers keep them in step with every other table, so that no writer
 * forgets them. Migrations are generated from this file, too.
 */
import { sql } from 'drizzle-orm';
import { index, integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';
import type { SkillName } from '../../skills-index/skill/name.ts';
import type { QueueJudgement } from '../review/queue/queue-judgement.ts';
import { digestColumn, versionIdColumn } from './columns/digest-column.ts';

/**
 * Versions in review or quarantined. A trigger adds a version that enters one of these states, and
 * deletes a version that leaves them.
 */
export const waiting = sqliteTable(
  'waiting',
  {
    versionId: versionIdColumn().primaryKey(),
    name: text().$type<SkillName>().notNull(),
    publisher: digestColumn().notNull(),
    logIndex: integer().notNull(),
    /** The place in the queue, from `rankOf`; lower ranks come first. */
    rank: integer().notNull().default(1),
    /** Null before the version is judged for the first time. */
    judged: text({ mode: 'json' }).$type<QueueJudgement>(),
    /** Changes of the evidence behind `judged`, counted by triggers. */
    changes: integer().notNull().default(1),
    /** The changes that `judged` includes. */
    known: integer().notNull().default(0),
    /** Approvals in the log, whether or not they count. */
    approvals: integer().notNull().default(0),
  },
  (table) => [
    index('waiting_rank').on(table.rank, table.logIndex, table.versionId),
    index('waiting_oldest').on(table.logIndex),
    index('waiting_name').on(table.name, table.versionId),
    index('waiting_publisher').on(table.publisher, table.versionId),
    index('waiting_due')
      .on(table.rank, table.logIndex)
      .where(sql`${table.changes} <> ${table.known}`),
    index('waiting_approved').on(table.logIndex).where(sql`${table.approvals} > 0`),
  ],
);

/**
 * Events that may change the risk or the scans of many waiting versions. Each is done a few
 * versions at a time.
 */
export const renewals = sqliteTable(
  'renewals',
  {
    id: integer().primaryKey(),
    /**
     * The versions meant: those of a skill name, of a publisher, with a package, those that
     * resemble a version (`sketch`: only later versions), those with a scan that no longer counts
     * since the statement at a log index (`scanners`), or all. `resume` is no event: a Worker keeps
     * there how far it has finished what interrupted requests left.
     */
    kind: text()
      .$type<
        'name' | 'publisher' | 'package' | 'alike' | 'sketch' | 'scanners' | 'all' | 'resume'
      >()
      .notNull(),
    value: text().notNull(),
    /** The last version that was done; null when all were. */
    after: text().default(''),
    /** How often the event happened anew, so that a step of an earlier one fails. */
    turn: integer().notNull().default(0),
  },
  (table) => [
    uniqueIndex('renewals_event').on(table.kind, table.value),
    index('renewals_open')
      .on(table.id)
      .where(sql`${table.after} IS NOT NULL AND ${table.kind} NOT IN ('all', 'resume')`),
  ],
);
