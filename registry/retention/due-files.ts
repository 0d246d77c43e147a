/** The versions whose files a rule deletes. */
import { and, asc, desc, eq, lte, not, sql } from 'drizzle-orm';
import type { Digest } from '../../skills-index/skill/digest.ts';
import type { SkillName } from '../../skills-index/skill/name.ts';
import type { Version } from '../../skills-index/skill/version.ts';
import type { Database } from '../store/batch.ts';
import { isDeletion } from '../store/columns/index-conditions.ts';
import { audit, indexLines, versions } from '../store/schema.ts';
import { deletionsShownMax } from './limits.ts';
import type { RetentionRules } from './retention-rules.ts';
import { endedVersions } from './retention-schema.ts';

/** A rule of the operator: for so many days in this final state, a version keeps its files. */
export interface RetentionRule {
  readonly state: 'refused' | 'withdrawn';
  readonly days: number;
}

export interface DueVersion {
  readonly id: string;
  readonly name: SkillName;
  readonly version: Version;
  readonly bundle: Digest;
  /** When the version was refused or withdrawn, in milliseconds since 1970. */
  readonly endedAt: number;
  readonly bytes: number;
}

const dayMs = 24 * 3_600_000;

export function rulesOf({ refusedDays, withdrawnDays }: RetentionRules = {}): RetentionRule[] {
  const rules = [
    { state: 'refused', days: refusedDays },
    { state: 'withdrawn', days: withdrawnDays },
  ] as const;
  return rules.flatMap(({ state, days }) => (days === undefined ? [] : [{ state, days }]));
}

/** Versions that a rule is due for, the longest ended first. */
export async function dueVersions(
  { read }: Pick<Database, 'read'>,
  rule: RetentionRule,
  { now, limit }: { readonly now: Date; readonly limit: number },
): Promise<readonly DueVersion[]> {
  return read
    .select({
      id: versions.id,
      name: versions.name,
      version: versions.version,
      bundle: versions.bundle,
      endedAt: endedVersions.at,
      bytes: versions.bytes,
    })
    .from(endedVersions)
    .innerJoin(versions, eq(versions.id, endedVersions.versionId))
    .where(isDue(rule, now))
    .orderBy(asc(endedVersions.at))
    .limit(limit);
}

/** The number of these versions, and their bytes. Reads all of them. */
export async function sumOfDue(
  { read }: Pick<Database, 'read'>,
  rule: RetentionRule,
  now: Date,
): Promise<{ readonly versions: number; readonly bytes: number }> {
  const [sum] = await read
    .select({ versions: sql<number>`count(*)`, bytes: sql<number>`total(${versions.bytes})` })
    .from(endedVersions)
    .innerJoin(versions, eq(versions.id, endedVersions.versionId))
    .where(isDue(rule, now));
  return sum ?? { versions: 0, bytes: 0 };
}

/** A version that lost its files. */
export interface Deletion {
  readonly name: SkillName;
  readonly version: Version;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly why: string;
}

/** The last deletions, the newest first. */
export async function lastDeletions({
  read,
}: Pick<Database, 'read'>): Promise<readonly Deletion[]> {
  return read
    .select({ name: versions.name, version: versions.version, at: audit.at, why: audit.why })
    .from(audit)
    .innerJoin(versions, eq(versions.id, audit.versionId))
    .where(isDeletion(audit.kind))
    .orderBy(desc(audit.at))
    .limit(deletionsShownMax);
}

function isDue({ state, days }: RetentionRule, now: Date) {
  const until = now.getTime() - days * dayMs;
  // Somebody who edits the database can call a version in the index refused or withdrawn.
  const isIndexed = sql`EXISTS (SELECT 1 FROM ${indexLines} WHERE ${indexLines.versionId} = ${endedVersions.versionId})`;
  return and(eq(endedVersions.state, state), lte(endedVersions.at, until), not(isIndexed));
}
