/** Digests in the database: 32 bytes, where their text has 71. */
import { type AnyColumn, type SQL, sql } from 'drizzle-orm';
import { customType } from 'drizzle-orm/sqlite-core';
import { type Digest, hexOf } from '../../../skills-index/skill/digest.ts';

/**
 * A column of digests. Drizzle turns digests into bytes wherever a query names the column. SQL
 * texts have to: `unhex(substr(text, 8))`, and `'sha256:' || lower(hex(bytes))` back.
 */
export const digestColumn = customType<{ data: Digest; driverData: Uint8Array }>({
  dataType: () => 'blob',
  toDriver: bytesOf,
  fromDriver: digestIn,
});

/** The digest whose bytes a column has. D1 gives bytes as a list of numbers. */
export function digestIn(bytes: Uint8Array | readonly number[]): Digest {
  return `sha256:${Buffer.from(bytes).toString('hex')}` as Digest;
}

/**
 * Whether a column has a digest, asked of an index that holds the first eight bytes of the column:
 * nobody makes two digests that begin alike, and a whole digest would take four times the room.
 */
export function hasDigest(column: AnyColumn, digest: Digest): SQL {
  return hasBytes(column, sql`${sql.param(digest, column)}`);
}

/** The same as `hasDigest` for the bytes that an expression gives. */
export function hasBytes(column: AnyColumn, bytes: SQL): SQL {
  return sql`(substr(${column}, 1, 8) = substr(${bytes}, 1, 8) AND ${column} = ${bytes})`;
}

/** Whether such a column has no digest yet. */
export function hasNoDigest(column: AnyColumn): SQL {
  return sql`(substr(${column}, 1, 8) IS NULL AND ${column} IS NULL)`;
}

// D1 takes all bytes behind a view, so the view is of 32 bytes alone.
function bytesOf(digest: Digest): Uint8Array {
  return new Uint8Array(Buffer.from(hexOf(digest), 'hex'));
}

// Ids of versions in the database.

/**
 * A column of ids of versions. The id of a version is the log index of its publication: a number of
 * a few bytes, where random ids had 26 letters in some 40 rows and keys for each version. All other
 * code has the number as a text. SQL texts may compare a text, too: SQLite turns it into a number.
 */
export const versionIdColumn = customType<{ data: string; driverData: number }>({
  dataType: () => 'integer',
  // An empty text is a place before all versions.
  toDriver: (id) => (id === '' ? Number.MIN_SAFE_INTEGER : Number(id)),
  fromDriver: idOfVersion,
});

/** The id of the version whose publication has a log index. */
export function idOfVersion(logIndex: number): string {
  return String(logIndex);
}
