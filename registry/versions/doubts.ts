/**
 * Doubts for a person to decide: failed rescans, and verdicts of rescans that suspend nothing
 * automatically.
 */
import { and, desc, eq, inArray, sql } from 'drizzle-orm';
import type { SkillName } from '../../skills-index/skill/name.ts';
import type { Version } from '../../skills-index/skill/version.ts';
import type { Registry } from '../context.ts';
import { clockSkewMs, doubtRowsMax } from '../limits.ts';
import type { BatchWrite } from '../store/batch.ts';
import { makeId } from '../store/ids.ts';
import { audit, scans, statements, versions } from '../store/schema.ts';
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
    id: makeId(registry),
    at: registry.now().getTime(),
    kind: 'job' as const,
    versionId: id,
    ...cause,
  };
  return (db) => db.insert(audit).values(line);
}

/** Doubts that no later report or state change has settled, newest first. */
export async function listDoubts(registry: Registry): Promise<readonly DoubtRow[]> {
  // A row dated by a clock that was ahead would otherwise hide each doubt until that date.
  const latest = registry.now().getTime() + clockSkewMs;
  const moved = sql`SELECT MAX(later.at) FROM ${audit} AS later WHERE later.versionId = ${versions.id} AND later.kind = 'move' AND later.at <= ${latest}`;
  const scanned = sql`SELECT MAX(${statements.createdAt}) FROM ${scans} JOIN ${statements} ON ${statements.logIndex} = ${scans.logIndex} WHERE ${scans.versionId} = ${versions.id} AND ${statements.createdAt} <= ${latest}`;
  const rows = await registry.db.read
    .select({
      name: versions.name,
      version: versions.version,
      status: versions.status,
      why: audit.why,
      at: audit.at,
    })
    .from(audit)
    .innerJoin(versions, eq(audit.versionId, versions.id))
    .where(
      and(
        eq(audit.kind, 'job'),
        inArray(versions.status, ['approved', 'in review', 'quarantined', 'suspended']),
        sql`${audit.at} >= COALESCE((${moved}), 0)`,
        sql`${audit.at} >= COALESCE((${scanned}), 0)`,
      ),
    )
    .orderBy(desc(audit.at))
    .limit(doubtRowsMax);
  return rows.map((row) => ({ ...row, at: new Date(row.at) }));
}
