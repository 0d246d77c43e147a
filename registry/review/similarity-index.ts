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
  const place = sql`(SELECT ${similarity.place} FROM ${similarity} WHERE ${similarity.versionId} = ${id})`;
  const rows = keys.filter((key) => !crowded.has(key)).map((key) => ({ key, place }));
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
  const places = new Set<number>();
  for (const sort of [apart, strange]) {
    const each = db.read
      .select({ place: similarityBands.place, name: versions.name, shared: count().as('shared') })
      .from(similarityBands)
      .innerJoin(similarity, eq(similarity.place, similarityBands.place))
      .innerJoin(versions, eq(versions.id, similarity.versionId))
      .where(
        and(inArray(similarityBands.key, bandKeys(own.signature)), ne(versions.name, name), sort),
      )
      .groupBy(similarityBands.place)
      .as('each');
    // A bare column beside MAX comes from the row with the maximum (SQLite, "Bare columns in an
    // aggregate query").
    const best = sql<number>`MAX(${each.shared})`;
    const found = await db.read
      .select({ place: each.place, shared: best })
      .from(each)
      .groupBy(each.name)
      .orderBy(desc(best), each.place)
      .limit(similarCandidatesMax);
    for (const { place } of found) places.add(place);
  }
  if (places.size === 0) return [];
  const rows = await db.read
    .select()
    .from(similarity)
    .where(isAmong(similarity.place, [...places]));
  return rows
    .map((row) => ({
      versionId: row.versionId,
      likeness: likenessOf(own.signature, row.signature),
    }))
    .filter(({ likeness }) => likeness >= min)
    .sort((a, b) => b.likeness - a.likeness || (a.versionId < b.versionId ? -1 : 1));
}
