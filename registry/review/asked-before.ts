/**
 * Finds what reviewers asked about an earlier version of a skill: an author often answers with
 * another version, and the next reviewer has to see the question.
 */
import { and, eq, sql } from 'drizzle-orm';
import { alias } from 'drizzle-orm/sqlite-core';
import type { Version } from '../../skills-index/skill/version.ts';
import type { Registry } from '../context.ts';
import { isAmong } from '../store/batch.ts';
import { reviewNotes, versions } from '../store/schema.ts';
import { questionedVersionsMax } from './limits.ts';

/** The newest question about an earlier version that nobody approved since. */
export interface EarlierQuestion {
  readonly version: Version;
  readonly by: string;
  readonly text: string;
}

/**
 * The newest question about an earlier version, for each of these versions that has one. A question
 * counts until a later version is approved. The search reads only the newest earlier versions,
 * because an author can publish very many.
 * @param ids of rows of `versions`
 */
export async function earlierQuestions(
  { db }: Registry,
  ids: readonly string[],
): Promise<ReadonlyMap<string, EarlierQuestion>> {
  const asked = alias(versions, 'asked');
  const approved = sql`SELECT max(logIndex) FROM versions AS approved WHERE approved.name = ${versions.name} AND approved.status = 'approved' AND approved.logIndex < ${versions.logIndex}`;
  const recent = sql`SELECT id FROM versions AS recent WHERE recent.name = ${versions.name} AND recent.logIndex < ${versions.logIndex} AND recent.logIndex > coalesce((${approved}), -1) ORDER BY recent.logIndex DESC LIMIT ${questionedVersionsMax}`;
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
    .innerJoin(asked, sql`${asked.id} IN (${recent})`)
    .innerJoin(reviewNotes, and(eq(reviewNotes.versionId, asked.id), eq(reviewNotes.kind, 'asked')))
    .where(isAmong(versions.id, ids));
  const newestLast = rows.sort((a, b) => a.logIndex - b.logIndex || a.at - b.at);
  return new Map(newestLast.map(({ id, by, text, version }) => [id, { version, by, text }]));
}
