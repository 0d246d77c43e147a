/** People's newest decisions. */
import { and, desc, eq } from 'drizzle-orm';
import type { SkillName } from '../../../skills-index/skill/name.ts';
import type { Version } from '../../../skills-index/skill/version.ts';
import type { Registry } from '../../context.ts';
import { decidedLookedAtMax, decidedRowsMax } from '../../limits.ts';
import { audit, versions } from '../../store/schema.ts';
import type { VersionState } from '../../versions/status.ts';

export interface DecidedRow {
  readonly name: SkillName;
  readonly version: Version;
  readonly status: VersionState;
  readonly by: string;
  readonly why: string;
  readonly at: Date;
}

/**
 * The newest decisions, each version once. Of the newest moves into a state, only the first are
 * looked at: a stop of a publisher moves any number of versions out of a state again.
 */
export async function listDecided(registry: Registry): Promise<readonly DecidedRow[]> {
  const decided: readonly VersionState[] = [
    'approved',
    'refused',
    'suspended',
    'revoked',
    'withdrawn',
  ];
  const each = decided.map(async (to) => {
    const newest = registry.db.read
      .select({
        versionId: audit.versionId,
        move: audit.move,
        by: audit.by,
        why: audit.why,
        at: audit.at,
      })
      .from(audit)
      .where(eq(audit.to, to))
      .orderBy(desc(audit.at))
      .limit(decidedLookedAtMax)
      .as('newest');
    return registry.db.read
      .select({
        name: versions.name,
        version: versions.version,
        status: versions.status,
        by: newest.by,
        why: newest.why,
        at: newest.at,
      })
      .from(newest)
      .innerJoin(versions, and(eq(newest.versionId, versions.id), eq(newest.move, versions.move)))
      .limit(decidedRowsMax);
  });
  const newest = (await Promise.all(each)).flat().sort((a, b) => b.at - a.at);
  return newest.slice(0, decidedRowsMax).map((row) => ({ ...row, at: new Date(row.at) }));
}
