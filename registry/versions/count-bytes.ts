/** Counts the bytes of versions of older releases, a few at a time, for quotas and operators. */
import { and, asc, eq, isNull } from 'drizzle-orm';
import { type Bundle, parseBundle } from '../../skills-index/skill/bundle.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import type { Registry } from '../context.ts';
import { requireBlob } from '../store/blobs.ts';
import { versions } from '../store/schema.ts';
import { bytesCountedAtOnce } from './limits.ts';
import type { VersionRow } from './versions.ts';

/** The bytes of the files of a version and of their list, which has this many bytes itself. */
export function bytesOf({ files }: Bundle, list: number): number {
  return files.reduce((sum, { size }) => sum + size, list);
}

/** @returns whether versions may be left */
export async function countSomeBytes(registry: Registry): Promise<boolean> {
  const { db } = registry;
  const rows = await db.read
    .select({ id: versions.id, bundle: versions.bundle })
    .from(versions)
    .where(isNull(versions.bytes))
    .orderBy(asc(versions.logIndex))
    .limit(bytesCountedAtOnce);
  for (const { id, bundle } of rows) {
    const bytes = await bytesIn(registry, bundle);
    // Retention may have deleted the files meanwhile, so that the version has no bytes.
    const isUncounted = and(eq(versions.id, id), isNull(versions.bytes));
    await db.batch([(write) => write.update(versions).set({ bytes }).where(isUncounted)]);
  }
  return rows.length === bytesCountedAtOnce;
}

// A damaged list must not keep the others waiting. Whatever reads the version reports the damage.
async function bytesIn(registry: Registry, digest: VersionRow['bundle']): Promise<number> {
  try {
    const list = await requireBlob(registry, digest);
    return bytesOf(parseBundle(list).bundle, list.length);
  } catch (error) {
    if (error instanceof Problem && listDamage.includes(error.code)) return 0;
    throw error;
  }
}

const listDamage: readonly string[] = ['blob-damaged', 'json-invalid', 'bundle-invalid'];
