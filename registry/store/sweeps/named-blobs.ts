/**
 * Which blobs the database names. One lookup in each table answers for a blob, however many
 * versions have it.
 */
import { type SQL, sql } from 'drizzle-orm';
import type { Digest } from '../../../skills-index/skill/digest.ts';
import { type Database, elementOf } from '../batch.ts';
import { hasBytes } from '../columns/digest-column.ts';
import { logSegments } from '../log-schema.ts';
import { statements, versionBlobs, versions } from '../schema.ts';

/** A larger blob is no list of a skill's files: a list names up to 1,000 files. */
export const fileListBytesMax = 1024 * 1024;

/** The digests as rows of one column, `value`. */
export function listOf(digests: readonly Digest[]): SQL {
  return sql`json_each(${JSON.stringify(digests)})`;
}

/** Whether a row names the digest in such a list. */
export const isNamed = sql.join(
  [
    ...[versionBlobs.digest, logSegments.digest].map(
      (column) =>
        sql`EXISTS (SELECT 1 FROM ${column.table} WHERE ${column} = ${elementOf(column)})`,
    ),
    ...[versions.bundle, statements.bundle].map(
      (column) =>
        sql`EXISTS (SELECT 1 FROM ${column.table} WHERE ${hasBytes(column, elementOf(column))})`,
    ),
  ],
  sql` OR `,
);

/** Those of the digests that a row names. */
export async function namedAmong(
  { read }: Pick<Database, 'read'>,
  digests: readonly Digest[],
): Promise<ReadonlySet<Digest>> {
  const named = await read
    .select({ digest: sql<Digest>`value` })
    .from(listOf(digests))
    .where(isNamed);
  return new Set(named.map(({ digest }) => digest));
}
