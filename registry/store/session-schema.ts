/** Tables of sign-ins, beside the tables of publications. */
import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import type { Digest } from '../../skills-index/skill/digest.ts';

/**
 * `desk` and `token`: a key started the session. `person`: an identity provider named the person,
 * who may read the desk.
 */
export type SessionKind = 'desk' | 'token' | 'person';
/**
 * A link to the desk, a nonce for a key, a sign-in at an identity provider, an invitation, and a
 * key that was handed over with one.
 */
export type TicketKind = 'link' | 'challenge' | 'sign-on' | 'invitation' | 'joining';

/** Sessions. The id is stored as SHA-256 only. */
export const sessions = sqliteTable('sessions', {
  id: text().$type<Digest>().primaryKey(),
  kind: text().$type<SessionKind>().notNull(),
  /** `key:sha256:…` or `passkey:…`; JSON of a `SignedOnPerson` in a session of kind `person`. */
  subject: text().notNull(),
  createdAt: integer().notNull(),
  seenAt: integer().notNull(),
  expiresAt: integer().notNull(),
});

/** Secrets that are used once. All are stored as SHA-256. */
export const tickets = sqliteTable('tickets', {
  id: text().$type<Digest>().primaryKey(),
  kind: text().$type<TicketKind>().notNull(),
  /** The subject of the session to start, or the issuer of a sign-in. */
  subject: text().notNull(),
  expiresAt: integer().notNull(),
});
