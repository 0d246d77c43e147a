/** Sketches of versions, and the few that share a band with one: what a lookup among very many needs to look at. */
import { count, desc, eq, inArray, sql } from 'drizzle-orm';
import { bandKeys, similarity as likenessOf, type SimilaritySignature } from '../skills-index/skill/similarity-signature.ts';
import type { Write } from './batch.ts';
import type { Registry } from './context.ts';
import { similarCandidatesMax, versionsPerBandMax } from './limits.ts';
import { similarity, similarityBands } from './schema.ts';
import type { VersionRow } from './versions.ts';

/**
 * The writes that make a version findable. A key that leads to very many already is left out: what all share says nothing, and a flood
 * of copies must not make lookups slow.
 */
export async function similarityWrites(
  { db }: Pick<Registry, 'db'>,
  { id }: Pick<VersionRow, 'id'>,
  signature: SimilaritySignature,
): Promise<Write[]> {
  const keys = bandKeys(signature);
  const full = await db.read
    .select({ key: similarityBands.key, versions: count() })
    .from(similarityBands)
    .where(inArray(similarityBands.key, keys))
    .groupBy(similarityBands.key);
  const crowded = new Set(full.filter((one) => one.versions >= versionsPerBandMax).map((one) => one.key));
  const place = sql`(SELECT ${similarity.place} FROM ${similarity} WHERE ${similarity.versionId} = ${id})`;
  const rows = keys.filter((key) => !crowded.has(key)).map((key) => ({ key, place }));
  return [
    (writes) => writes.insert(similarity).values({ versionId: id, signature }).onConflictDoNothing(),
    ...(rows.length === 0
      ? []
      : [((writes) => writes.insert(similarityBands).values(rows).onConflictDoNothing()) satisfies Write]),
  ];
}

/** Versions that are alike by at least `min`, the likest first; the version itself is none of them. */
export async function similarVersions(
  { db }: Pick<Registry, 'db'>,
  versionId: string,
  min: number,
): Promise<readonly { readonly versionId: string; readonly likeness: number }[]> {
  const [own] = await db.read.select().from(similarity).where(eq(similarity.versionId, versionId));
  if (own === undefined) return [];
  const candidates = await db.read
    .select({ place: similarityBands.place })
    .from(similarityBands)
    .where(inArray(similarityBands.key, bandKeys(own.signature)))
    .groupBy(similarityBands.place)
    .orderBy(desc(count()), similarityBands.place)
    .limit(similarCandidatesMax);
  const places = candidates.map(({ place }) => place).filter((place) => place !== own.place);
  if (places.length === 0) return [];
  const rows = await db.read.select().from(similarity).where(inArray(similarity.place, places));
  return rows
    .map((row) => ({ versionId: row.versionId, likeness: likenessOf(own.signature, row.signature) }))
    .filter(({ likeness }) => likeness >= min)
    .sort((a, b) => b.likeness - a.likeness || (a.versionId < b.versionId ? -1 : 1));
}
