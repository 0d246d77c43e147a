/**
 * Sketches of versions, and the few versions that share a band with one: a lookup among very many
 * reads only these.
 */
import { and, count, desc, eq, inArray, ne, type SQL, sql } from 'drizzle-orm';
import {
  bandKeys,
  similarity as likenessOf,
  type SimilaritySignature,
} from '../../skills-index/skill/text/similarity-signature.ts';
import type { Registry } from '../context.ts';
import { similarCandidatesMax, versionsPerBandMax } from '../limits.ts';
import { type BatchWrite, isAmong } from '../store/batch.ts';
import { versions } from '../store/schema.ts';
import { similarity, similarityBands } from '../store/similarity-schema.ts';
import type { VersionRow } from '../versions/versions.ts';

/**
 * The writes that make a version findable. A key with very many versions is left out: text that all
 * share says nothing, and a flood of copies must not slow down lookups.
 */
export async function similarityWrites(
  { db }: Pick<Registry, 'db'>,
  { id }: Pick<VersionRow, 'id'>,
  signature: SimilaritySignature,
): Promise<BatchWrite[]> {
  const keys = bandKeys(signature);
  const full = await db.read
    .select({ key: similarityBands.key, versions: count() })
    .from(similarityBands)
    .where(inArray(similarityBands.key, keys))
    .groupBy(similarityBands.key);
  const crowded = new Set(
    full.filter((band) => band.versions >= versionsPerBandMax).map((band) => band.key),
  );
  const rows = keys.filter((key) => !crowded.has(key)).map((key) => ({ key, versionId: id }));
  return [
    (writes) =>
      writes.insert(similarity).values({ versionId: id, signature }).onConflictDoNothing(),
    ...(rows.length === 0
      ? []
      : [
          ((writes) =>
            writes.insert(similarityBands).values(rows).onConflictDoNothing()) satisfies BatchWrite,
        ]),
  ];
}

export interface SimilarVersion {
  readonly versionId: string;
  readonly likeness: number;
}

/**
 * Versions of other names with a similarity of at least `min`, the most similar first; of each name
 * those with the most common bands. An author can publish any number of copies, so one name is one
 * candidate. Versions for which `apart` is true are looked up separately.
 */
export async function similarVersions(
  { db }: Pick<Registry, 'db'>,
  { id, name }: Pick<VersionRow, 'id' | 'name'>,
  { min, apart, strange }: { readonly min: number; readonly apart: SQL; readonly strange: SQL },
): Promise<readonly SimilarVersion[]> {
  const [own] = await db.read.select().from(similarity).where(eq(similarity.versionId, id));
  if (own === undefined) return [];
  const ids = new Set<string>();
  for (const sort of [apart, strange]) {
    const each = db.read
      .select({
        versionId: similarityBands.versionId,
        name: versions.name,
        shared: count().as('shared'),
      })
      .from(similarityBands)
      .innerJoin(versions, eq(versions.id, similarityBands.versionId))
      .where(
        and(inArray(similarityBands.key, bandKeys(own.signature)), ne(versions.name, name), sort),
      )
      .groupBy(similarityBands.versionId)
      .as('each');
    // A bare column beside MAX comes from the row with the maximum (SQLite, "Bare columns in an
    // aggregate query").
    const best = sql<number>`MAX(${each.shared})`;
    const found = await db.read
      .select({ versionId: each.versionId, shared: best })
      .from(each)
      .groupBy(each.name)
      .orderBy(desc(best), each.versionId)
      .limit(similarCandidatesMax);
    for (const { versionId } of found) ids.add(versionId);
  }
  if (ids.size === 0) return [];
  const rows = await db.read
    .select()
    .from(similarity)
    .where(isAmong(similarity.versionId, [...ids]));
  return rows
    .map((row) => ({
      versionId: row.versionId,
      likeness: likenessOf(own.signature, row.signature),
    }))
    .filter(({ likeness }) => likeness >= min)
    .sort((a, b) => b.likeness - a.likeness || Number(a.versionId) - Number(b.versionId));
}
