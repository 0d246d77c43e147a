/** The table of the mailbox. Migrations are generated from this file and schema.ts. */
import { index, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import type { Digest } from '../../skills-index/skill/digest.ts';

/**
 * A host's message for an approver, as sent, and the answer. The row is deleted when it expires.
 */
export const mailbox = sqliteTable(
  'mailbox',
  {
    id: text().primaryKey(),
    /** Key of the approver. */
    to: text().$type<Digest>().notNull(),
    /** Key of the host. */
    host: text().$type<Digest>().notNull(),
    network: text().notNull(),
    /** 1 when an operator has enrolled the host. */
    enrolled: integer().$type<0 | 1>().notNull(),
    expiresAt: integer().notNull(),
    message: text().notNull(),
    answer: text(),
  },
  (table) => [
    index('mailbox_to').on(table.to),
    index('mailbox_host').on(table.host),
    index('mailbox_network').on(table.network),
    index('mailbox_expires').on(table.expiresAt),
  ],
);
