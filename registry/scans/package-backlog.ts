/** Lists the packages of versions that an earlier release took in, a few versions at a time. */
import { asc, eq } from 'drizzle-orm';
import { Problem } from '../../skills-index/skill/problem.ts';
import type { Registry } from '../context.ts';
import { packageBacklogAtOnce } from '../limits.ts';
import type { BatchWrite } from '../store/batch.ts';
import { packageBacklog } from '../store/package-schema.ts';
import { versions } from '../store/schema.ts';
import { doubtWrite } from '../versions/doubts.ts';
import { filesOf, manifestOf } from '../versions/manifests.ts';
import { judgeAgainWrite, packageWrites } from '../versions/version-packages.ts';
import type { VersionRow } from '../versions/versions.ts';

/** Lists the packages of the next versions. */
export async function listEarlierPackages(registry: Registry): Promise<void> {
  const waiting = await registry.db.read
    .select({ id: packageBacklog.versionId, row: versions })
    .from(packageBacklog)
    .leftJoin(versions, eq(versions.id, packageBacklog.versionId))
    .orderBy(asc(packageBacklog.versionId))
    .limit(packageBacklogAtOnce);
  for (const { id, row } of waiting)
    await registry.db.batch([
      ...(row === null ? [] : await writesOf(registry, row)),
      (db) => db.delete(packageBacklog).where(eq(packageBacklog.versionId, id)),
    ]);
}

async function writesOf(registry: Registry, row: VersionRow): Promise<readonly BatchWrite[]> {
  try {
    const manifest = await manifestOf(registry, row);
    const files = manifest.capabilities.package === undefined ? [] : await filesOf(registry, row);
    return [...packageWrites(row.id, manifest, files), judgeAgainWrite([row.id])];
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    // One damaged version must not keep the others waiting.
    return [
      doubtWrite(registry, row, {
        by: 'registry',
        why: `Its packages cannot be listed: ${error.code}: ${error.message}`.slice(0, 1_000),
      }),
    ];
  }
}
