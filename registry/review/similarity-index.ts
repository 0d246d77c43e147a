/**
 * Sketches of versions, and the few versions that share a band with one: a lookup among very many
 * reads only these.
 */
import { and, count, desc, eq, inArray, ne, type SQL, sql } from 'drizzle-orm';
import {
  bandKeys,
  similarity as likenessOf,
  type SimilaritySignature,
  sketchOf,
} from '../../skills-index/skill/text/matching-parts.ts';
import type { Registry } from '../context.ts';
import { type BatchWrite, isAmong } from '../store/batch.ts';
import { versions } from '../store/schema.ts';
import { sketchBands, sketches } from '../store/similarity-schema.ts';
import type { VersionRow } from '../versions/versions.ts';

/** Versions with a common band whose sketches are compared. */
export const similarCandidatesMax = 64;

/** Versions read for one band key, the first ones: a key that many versions share says little. */
export const versionsPerBandMax = 200;

/**
 * The writes that make a version findable. A key with very many versions is left out: text that all
 * share says nothing, and a flood of copies must not slow down lookups.
 */
export async function similarityWrites(
  { db }: Pick<Registry, 'db'>,
  { id: versionId }: Pick<VersionRow, 'id'>,
  signature: SimilaritySignature,
): Promise<BatchWrite[]> {
  const sketch = sketchOf(signature);
  const keys = bandKeys(sketch);
  const full = await db.read
    .select({ key: sketchBands.key, versions: count() })
    .from(sketchBands)
    .where(inArray(sketchBands.key, keys))
    .groupBy(sketchBands.key);
  const crowded = new Set(
    full.filter((band) => band.versions >= versionsPerBandMax).map((band) => band.key),
  );
  const rows = keys.filter((key) => !crowded.has(key)).map((key) => ({ key, versionId }));
  return [
    (writes) => writes.insert(sketches).values({ versionId, sketch }).onConflictDoNothing(),
    ...(rows.length === 0
      ? []
      : [
          ((writes) =>
            writes.insert(sketchBands).values(rows).onConflictDoNothing()) satisfies BatchWrite,
        ]),
  ];
}

/** The sketches of those versions that have one. */
async function readSketches({ db }: Pick<Registry, 'db'>, versionIds: readonly string[]) {
  return db.read.select().from(sketches).where(isAmong(sketches.versionId, versionIds));
}

/**
 * A query for the ids of versions that share band keys with a version, an id for each shared key;
 * undefined when the version has no sketch.
 */
export async function versionsAlike(registry: Pick<Registry, 'db'>, versionId: string) {
  const [own] = await readSketches(registry, [versionId]);
  if (own === undefined) return undefined;
  const { sketch } = own;
  const alike = registry.db.read
    .select({ versionId: sketchBands.versionId })
    .from(sketchBands)
    .where(inArray(sketchBands.key, bandKeys(sketch)))
    .as('alike');
  return { sketch, alike };
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
  registry: Pick<Registry, 'db'>,
  { id, name }: Pick<VersionRow, 'id' | 'name'>,
  { min, apart, strange }: { readonly min: number; readonly apart: SQL; readonly strange: SQL },
): Promise<readonly SimilarVersion[]> {
  const own = await versionsAlike(registry, id);
  if (own === undefined) return [];
  const { alike, sketch } = own;
  const { db } = registry;
  const ids = new Set<string>();
  for (const sort of [apart, strange]) {
    const each = db.read
      .select({
        versionId: alike.versionId,
        name: versions.name,
        shared: count().as('shared'),
      })
      .from(alike)
      .innerJoin(versions, eq(versions.id, alike.versionId))
      .where(and(ne(versions.name, name), sort))
      .groupBy(alike.versionId)
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
  return (await readSketches(registry, [...ids]))
    .map((row) => ({
      versionId: row.versionId,
      likeness: likenessOf(sketch, row.sketch),
    }))
    .filter(({ likeness }) => likeness >= min)
    .sort((a, b) => b.likeness - a.likeness || Number(a.versionId) - Number(b.versionId));
}
