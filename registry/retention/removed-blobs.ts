/** Keeps a batch from naming a blob that is removed at the same time. */
import { sql } from 'drizzle-orm';
import type { Digest } from '../../skills-index/skill/digest.ts';
import type { Registry } from '../context.ts';
import { type BatchWrite, held, isInList } from '../store/batch.ts';
import { preparedOnce, preparedWrite } from '../store/prepared.ts';
import { guard } from '../store/schema.ts';
import { removedBlobs } from './retention-schema.ts';

/**
 * Called before the blobs that a batch names are stored: a blob may be found that is removed soon.
 * @returns a write that makes the batch fail where one of the blobs is being removed, or was
 * removed since this call. The caller then stores its blobs again. Removals of other blobs change
 * nothing
 */
export async function nothingRemovedSince(
  { db }: Pick<Registry, 'db'>,
  blobs: readonly Digest[],
): Promise<BatchWrite> {
  const [before] = await removalsSoFar(db).all();
  return noneRemoved({ blobs: JSON.stringify(blobs), removals: before?.removals ?? 0 });
}

const noneRemoved = preparedWrite<{ readonly blobs: string; readonly removals: number }>(
  (db, value) => {
    const going = sql`${removedBlobs.removedAt} IS NULL OR ${removedBlobs.turn} > ${value('removals')}`;
    const isOurs = isInList(removedBlobs.digest, value('blobs'));
    return held(db, sql`NOT EXISTS (SELECT 1 FROM ${removedBlobs} WHERE ${isOurs} AND (${going}))`);
  },
);

const removalsSoFar = preparedOnce((db) =>
  db.select({ removals: guard.removals }).from(guard).prepare(),
);
