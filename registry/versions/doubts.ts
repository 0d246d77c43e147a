/**
 * Doubts for a person to decide: failed rescans, and verdicts of rescans that suspend nothing
 * automatically.
 */
import { desc, eq, sql } from 'drizzle-orm';
import type { SkillName } from '../../skills-index/skill/name.ts';
import type { Version } from '../../skills-index/skill/version.ts';
import type { Registry } from '../context.ts';
import { doubtRowsMax } from '../limits.ts';
import type { BatchWrite } from '../store/batch.ts';
import { audit, openDoubts, versions } from '../store/schema.ts';
import { readShown, shownColumns } from './shown-versions.ts';
import type { VersionState } from './status.ts';
import type { VersionRow } from './versions.ts';

export interface DoubtRow {
  readonly name: SkillName;
  readonly version: Version;
  readonly status: VersionState;
  readonly why: string;
  readonly at: Date;
}

/** The audit line that asks a person about a version. */
export function doubtWrite(
  registry: Registry,
  { id }: VersionRow,
  cause: { readonly by: string; readonly why: string },
): BatchWrite {
  const line = {
    at: registry.now().getTime(),
    kind: 'job' as const,
    versionId: id,
    ...cause,
  };
  return (db) => db.insert(audit).values(line);
}

/** Doubts that no later report or state change has settled, newest first. */
export async function listDoubts(registry: Registry): Promise<readonly DoubtRow[]> {
  const rows = await readShown(registry, () =>
    registry.db.read
      .select({ ...shownColumns, why: audit.why, at: audit.at })
      .from(openDoubts)
      .innerJoin(audit, eq(audit.id, openDoubts.auditId))
      .innerJoin(versions, eq(versions.id, openDoubts.versionId))
      // The plus keeps SQLite from the index over states, which would sort all doubts.
      .where(sql`+${versions.status} IN ('approved', 'in review', 'quarantined', 'suspended')`)
      .orderBy(desc(openDoubts.at))
      .limit(doubtRowsMax),
  );
  // A state change settles the doubts of a version.
  return rows
    .filter(({ due }) => due === undefined)
    .map(({ at, name, status, version, why }) => ({
      name,
      version,
      status,
      why,
      at: new Date(at),
    }));
}
