/** Versions about which something was said behind a log index, read a page at a time. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { and, asc, gt, isNotNull } from 'drizzle-orm';
import type { Registry } from '../context.ts';
import { fallenReadAtOnce } from '../limits.ts';
import { isAmong } from '../store/batch.ts';
import { statements, versions } from '../store/schema.ts';
import type { VersionState } from './status.ts';
import type { VersionRow } from './versions.ts';

/**
 * Each version in one of the states with a statement behind `upTo`, once. Other requests are
 * answered between two pages.
 */
export async function* versionsBehind(
  { db }: Registry,
  upTo: number,
  states: readonly VersionState[],
): AsyncGenerator<VersionRow> {
  const seen = new Set<string>();
  let after = upTo;
  for (;;) {
    const page = await db.read
      .select({ id: statements.versionId, logIndex: statements.logIndex })
      .from(statements)
      .where(and(gt(statements.logIndex, after), isNotNull(statements.versionId)))
      .orderBy(asc(statements.logIndex))
      .limit(fallenReadAtOnce);
    const ids = [...new Set(page.flatMap(({ id }) => (id === null || seen.has(id) ? [] : [id])))];
    for (const id of ids) seen.add(id);
    for (const row of await db.read.select().from(versions).where(isAmong(versions.id, ids))) {
      if (states.includes(row.status)) yield row;
    }
    await nextTurn();
    const last = page.at(-1);
    if (last === undefined || page.length < fallenReadAtOnce) return;
    after = last.logIndex;
  }
}
