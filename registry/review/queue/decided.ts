/** People's newest decisions. */
import { and, desc, eq } from 'drizzle-orm';
import type { SkillName } from '../../../skills-index/skill/name.ts';
import type { Version } from '../../../skills-index/skill/version.ts';
import type { Registry } from '../../context.ts';
import { decidedLookedAtMax, decidedRowsMax } from '../../limits.ts';
import { isDecision } from '../../store/columns/index-conditions.ts';
import { audit, versions } from '../../store/schema.ts';
import { readShown, type Shown, shownColumns } from '../../versions/shown-versions.ts';
import type { VersionState } from '../../versions/status.ts';
import type { MoveRow, VersionRow } from '../../versions/versions.ts';

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
      .where(and(isDecision(audit.to), eq(audit.to, to)))
      .orderBy(desc(audit.at))
      .limit(decidedLookedAtMax)
      .as('newest');
    return readShown(registry, () =>
      registry.db.read
        .select({ ...shownColumns, by: newest.by, why: newest.why, at: newest.at })
        .from(newest)
        .innerJoin(versions, and(eq(newest.versionId, versions.id), eq(newest.move, versions.move)))
        .limit(decidedRowsMax),
    );
  });
  const newest = (await Promise.all(each)).flat().map(decidedRow);
  return newest.sort((a, b) => b.at.getTime() - a.at.getTime()).slice(0, decidedRowsMax);
}

type FoundRow = Shown<VersionRow> & Pick<MoveRow, 'by' | 'why'> & { readonly at: number };

function decidedRow({ due, name, status, version, ...last }: FoundRow): DecidedRow {
  const { at, by, why } = due ?? { ...last, at: new Date(last.at) };
  return { name, version, status, by, why, at };
}
