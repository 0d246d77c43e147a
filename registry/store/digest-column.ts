/** Digests in the database: 32 bytes, where their text has 71. */
import { customType } from 'drizzle-orm/sqlite-core';
import { type Digest, hexOf } from '../../skills-index/skill/digest.ts';

/**
 * A column of digests. Drizzle turns digests into bytes wherever a query names the column. SQL
 * texts have to: `unhex(substr(text, 8))`, and `'sha256:' || lower(hex(bytes))` back.
 */
export const digestColumn = customType<{ data: Digest; driverData: Uint8Array }>({
  dataType: () => 'blob',
  // D1 takes all bytes behind a view, so the view is of 32 bytes alone.
  toDriver: (digest) => new Uint8Array(Buffer.from(hexOf(digest), 'hex')),
  // D1 gives bytes as a list of numbers.
  fromDriver: (bytes) => `sha256:${Buffer.from(bytes).toString('hex')}` as Digest,
});
