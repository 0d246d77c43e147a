/** Tables of sign-ins, beside the tables of publications. */
import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import type { Digest } from '../../skills-index/skill/digest.ts';

/** Sessions. The id is stored as SHA-256 only. */
export const sessions = sqliteTable('sessions', {
  id: text().$type<Digest>().primaryKey(),
  kind: text().$type<'desk' | 'token'>().notNull(),
  /** `key:sha256:…` or `passkey:…`. */
  subject: text().notNull(),
  createdAt: integer().notNull(),
  seenAt: integer().notNull(),
  expiresAt: integer().notNull(),
});

/** One-time links and key challenges. Both are stored as SHA-256 and used once. */
export const tickets = sqliteTable('tickets', {
  id: text().$type<Digest>().primaryKey(),
  kind: text().$type<'link' | 'challenge'>().notNull(),
  subject: text().notNull(),
  expiresAt: integer().notNull(),
});
