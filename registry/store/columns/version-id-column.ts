/** Ids of versions in the database. */
import { customType } from 'drizzle-orm/sqlite-core';

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
