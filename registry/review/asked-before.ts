/**
 * Finds what reviewers asked about an earlier version of a skill: an author often answers a question
 * with another version, and the next reviewer has to see the question.
 */
import { and, eq, lt, sql } from 'drizzle-orm';
import { alias } from 'drizzle-orm/sqlite-core';
import type { Version } from '../../skills-index/skill/version.ts';
import type { Registry } from '../context.ts';
import { isAmong } from '../store/batch.ts';
import { reviewNotes, versions } from '../store/schema.ts';

/** The newest question about an earlier version that nobody approved since. */
export interface EarlierQuestion {
  readonly version: Version;
  readonly by: string;
  readonly text: string;
}

/**
 * The newest question about an earlier version, for each of these versions that has one. A question
 * counts until a later version is approved.
 * @param ids of rows of `versions`
 */
export async function earlierQuestions(
  { db }: Registry,
  ids: readonly string[],
): Promise<ReadonlyMap<string, EarlierQuestion>> {
  const asked = alias(versions, 'asked');
  const approved = sql`SELECT max(logIndex) FROM versions AS approved WHERE approved.name = ${versions.name} AND approved.status = 'approved' AND approved.logIndex < ${versions.logIndex}`;
  const rows = await db.read
    .select({
      id: versions.id,
      at: reviewNotes.at,
      logIndex: asked.logIndex,
      version: asked.version,
      by: reviewNotes.by,
      text: reviewNotes.text,
    })
    .from(versions)
    .innerJoin(
      asked,
      and(
        eq(asked.name, versions.name),
        lt(asked.logIndex, versions.logIndex),
        sql`${asked.logIndex} > coalesce((${approved}), -1)`,
      ),
    )
    .innerJoin(reviewNotes, and(eq(reviewNotes.versionId, asked.id), eq(reviewNotes.kind, 'asked')))
    .where(isAmong(versions.id, ids));
  const newestLast = rows.sort((a, b) => a.logIndex - b.logIndex || a.at - b.at);
  return new Map(newestLast.map(({ id, by, text, version }) => [id, { version, by, text }]));
}
