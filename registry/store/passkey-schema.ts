/** The table of passkeys' counters; migrations come from here and from schema.ts. */
import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';

/**
 * How often a passkey has signed, as it said when it last approved; passkeys that do not count are
 * not in it.
 */
export const passkeyCounters = sqliteTable('passkey_counters', {
  credentialId: text().primaryKey(),
  count: integer().notNull(),
});
