/**
 * Whole signatures, as earlier releases kept them, become sketches, a few versions at a time. A
 * version without a sketch is found by its old band keys, and old keys are computed from whole
 * signatures alone. So each version keeps its whole signature until no version has old keys.
 */
import { and, asc, eq, inArray } from 'drizzle-orm';
import { sketchOf } from '../../skills-index/skill/text/similarity-signature.ts';
import type { Registry } from '../context.ts';
import { type BatchWrite, isAmong } from '../store/batch.ts';
import { earlierBands, earlierSignatures } from '../store/similarity-schema.ts';
import { earlierBandKeys } from './earlier-band-keys.ts';
import { signaturesMovedAtOnce } from './limits.ts';
import { readSketches, type StoredSketch, sketchWrites } from './similarity-index.ts';

/**
 * One slice: gives versions sketches in place of their old keys, or when no version has old keys,
 * deletes whole signatures.
 * @returns whether signatures are left
 */
export async function moveSignatures(registry: Registry): Promise<boolean> {
  const { db } = registry;
  const found = await db.read.select().from(earlierBands).limit(signaturesMovedAtOnce);
  if (found.length > 0) {
    await db.batch(await keysMoved(registry, found));
    return true;
  }
  const rows = await db.read
    .select({ id: earlierSignatures.versionId })
    .from(earlierSignatures)
    .orderBy(asc(earlierSignatures.versionId))
    .limit(signaturesMovedAtOnce);
  if (rows.length === 0) return false;
  const ids = rows.map(({ id }) => id);
  await db.batch([
    // Text that very many skills share has a signature without any key.
    ...(await sketchesOf(registry, await readSketches(registry, ids))),
    (writes) => writes.delete(earlierSignatures).where(isAmong(earlierSignatures.versionId, ids)),
  ]);
  return true;
}

/** Writes that replace all old keys of the versions that have one of these keys. */
async function keysMoved(
  registry: Registry,
  found: readonly (typeof earlierBands.$inferSelect)[],
): Promise<BatchWrite[]> {
  const byVersion = Map.groupBy(found, ({ versionId }) => versionId);
  const stored = await readSketches(registry, [...byVersion.keys()]);
  const writes = await sketchesOf(registry, stored);
  for (const [versionId, rows] of byVersion) {
    const signature = stored.find((row) => row.versionId === versionId)?.signature;
    const keys = new Set(rows.map(({ key }) => key));
    for (const key of signature ? earlierBandKeys(signature) : []) keys.add(key);
    writes.push((db) =>
      db
        .delete(earlierBands)
        .where(and(inArray(earlierBands.key, [...keys]), eq(earlierBands.versionId, versionId))),
    );
  }
  return writes;
}

async function sketchesOf(
  registry: Registry,
  stored: readonly StoredSketch[],
): Promise<BatchWrite[]> {
  const writes: BatchWrite[] = [];
  for (const { versionId, sketch, signature } of stored)
    if (sketch === null && signature !== null)
      writes.push(...(await sketchWrites(registry, versionId, sketchOf(signature))));
  return writes;
}
