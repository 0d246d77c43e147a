/** Tables of passkeys. Migrations are generated from this file and schema.ts. */
import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';

/**
 * The signature counter of each passkey at its last approval. Passkeys that do not count have no
 * row.
 */
export const passkeyCounters = sqliteTable('passkey_counters', {
  credentialId: text().primaryKey(),
  count: integer().notNull(),
});

/** Passkeys created in the desk for which no administrator has signed yet. */
export const pendingPasskey = sqliteTable('pending_passkey', {
  credentialId: text().primaryKey(),
  member: text().notNull(),
  publicKey: text().notNull(),
  rpId: text().notNull(),
  origin: text().notNull(),
  createdAt: integer().notNull(),
});
