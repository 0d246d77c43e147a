/** The table of passkey counters. Migrations are generated from this file and schema.ts. */
import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';

/**
 * The signature counter of each passkey at its last approval. Passkeys that do not count have no
 * row.
 */
export const passkeyCounters = sqliteTable('passkey_counters', {
  credentialId: text().primaryKey(),
  count: integer().notNull(),
});
