/**
 * Sketches of versions, and the few versions that share a band with one: a lookup among very many
 * reads only these.
 */
import { and, count, desc, eq, inArray, isNotNull, ne, or, type SQL, sql } from 'drizzle-orm';
import {
  bandKeys,
  similarity as likenessOf,
  type SimilaritySignature,
  type Sketch,
  sketchOf,
} from '../../skills-index/skill/text/similarity-signature.ts';
import type { Registry } from '../context.ts';
import { similarCandidatesMax, versionsPerBandMax } from '../limits.ts';
import { type BatchWrite, isAmong } from '../store/batch.ts';
import { versions } from '../store/schema.ts';
import {
  earlierBands,
  earlierSignatures,
  sketchBands,
  sketches,
} from '../store/similarity-schema.ts';
import type { VersionRow } from '../versions/versions.ts';
import { earlierBandKeys } from './earlier-band-keys.ts';

/**
 * The writes that make a version findable. While versions of earlier releases have old keys, the
 * version keeps its whole signature, which finds them.
 */
export async function similarityWrites(
  registry: Pick<Registry, 'db'>,
  { id }: Pick<VersionRow, 'id'>,
  signature: SimilaritySignature,
): Promise<BatchWrite[]> {
  const writes = await sketchWrites(registry, id, sketchOf(signature));
  const [old] = await registry.db.read.select().from(earlierBands).limit(1);
  if (old !== undefined)
    writes.push((db) =>
      db.insert(earlierSignatures).values({ versionId: id, signature }).onConflictDoNothing(),
    );
  return writes;
}

/**
 * Writes a sketch and its keys. A key with very many versions is left out: text that all share says
 * nothing, and a flood of copies must not slow down lookups.
 */
export async function sketchWrites(
  { db }: Pick<Registry, 'db'>,
  versionId: string,
  sketch: Sketch,
): Promise<BatchWrite[]> {
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

export interface StoredSketch {
  readonly versionId: string;
  /** Null until the whole signature of an earlier release becomes a sketch. */
  readonly sketch: Sketch | null;
  readonly signature: SimilaritySignature | null;
}

/** The sketches of those versions that have one. */
export async function readSketches(
  { db }: Pick<Registry, 'db'>,
  versionIds: readonly string[],
): Promise<readonly StoredSketch[]> {
  return db.read
    .select({
      versionId: versions.id,
      sketch: sketches.sketch,
      signature: earlierSignatures.signature,
    })
    .from(versions)
    .leftJoin(sketches, eq(sketches.versionId, versions.id))
    .leftJoin(earlierSignatures, eq(earlierSignatures.versionId, versions.id))
    .where(
      and(
        isAmong(versions.id, versionIds),
        or(isNotNull(sketches.versionId), isNotNull(earlierSignatures.versionId)),
      ),
    );
}

/**
 * A query for the ids of versions that share band keys with a version, an id for each shared key;
 * undefined when the version has no sketch.
 */
export async function versionsAlike(registry: Pick<Registry, 'db'>, versionId: string) {
  const { read } = registry.db;
  const [own] = await readSketches(registry, [versionId]);
  if (own === undefined) return undefined;
  const sketch = sketchIn(own);
  const alike = read
    .select({ versionId: sketchBands.versionId })
    .from(sketchBands)
    .where(inArray(sketchBands.key, bandKeys(sketch)));
  if (own.signature === null) return { sketch, alike: alike.as('alike') };
  const before = read
    .select({ versionId: earlierBands.versionId })
    .from(earlierBands)
    .where(inArray(earlierBands.key, earlierBandKeys(own.signature)));
  return { sketch, alike: alike.unionAll(before).as('alike') };
}

function sketchIn({ sketch, signature }: StoredSketch): Sketch {
  return sketch ?? (signature === null ? new Uint8Array() : sketchOf(signature));
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
      likeness: likenessOf(sketch, sketchIn(row)),
    }))
    .filter(({ likeness }) => likeness >= min)
    .sort((a, b) => b.likeness - a.likeness || Number(a.versionId) - Number(b.versionId));
}
