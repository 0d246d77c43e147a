/** Tables of who is signed in, beside the ones of what was published. */
import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import type { Digest } from '../../skills-index/skill/digest.ts';

/** Who is signed in. The id is kept as SHA-256 only. */
export const sessions = sqliteTable('sessions', {
  id: text().$type<Digest>().primaryKey(),
  kind: text().$type<'desk' | 'token'>().notNull(),
  /** `key:sha256:…` or `passkey:…`. */
  subject: text().notNull(),
  createdAt: integer().notNull(),
  seenAt: integer().notNull(),
  expiresAt: integer().notNull(),
});

/** One-time links and key challenges, both kept as SHA-256 and taken once. */
export const tickets = sqliteTable('tickets', {
  id: text().$type<Digest>().primaryKey(),
  kind: text().$type<'link' | 'challenge'>().notNull(),
  subject: text().notNull(),
  expiresAt: integer().notNull(),
});
