/**
 * The skills that a version requires, beside those of the last approved version, and what an
 * installer would get for each.
 */
import { and, desc, eq, sql } from 'drizzle-orm';
import type { Manifest } from '../../skills-index/skill/manifest.ts';
import type { SkillName } from '../../skills-index/skill/name.ts';
import { resolveVersion, type Version } from '../../skills-index/skill/version.ts';
import type { Registry } from '../context.ts';
import { requiredVersionsRead } from '../limits.ts';
import { versions } from '../store/schema.ts';
import { readShown, shownColumns } from '../versions/shown-versions.ts';

export interface RequiredSkill {
  readonly name: SkillName;
  readonly range: string;
  /** Compared with the last approved version: the skill is new, or only its range, or neither. */
  readonly change: 'new' | 'range' | 'none';
  /** The range before, where it was another. */
  readonly before?: string;
  /** The highest approved version in the range that is not yanked, of the newest ones. */
  readonly fits?: Version;
}

/** @param before the manifest of the last approved version, if any */
export async function requiredSkillsOf(
  registry: Registry,
  { requires }: Pick<Manifest, 'requires'>,
  before: Pick<Manifest, 'requires'> | undefined,
): Promise<RequiredSkill[]> {
  const all: RequiredSkill[] = [];
  for (const [name, range] of Object.entries(requires) as [SkillName, string][]) {
    const old = before?.requires[name];
    const fits = resolveVersion(range, await offered(registry, name));
    all.push({
      name,
      range,
      change: old === undefined ? 'new' : old === range ? 'none' : 'range',
      ...(old === undefined || old === range ? {} : { before: old }),
      ...(fits === undefined ? {} : { fits }),
    });
  }
  return all;
}

async function offered(registry: Registry, name: SkillName): Promise<Version[]> {
  const yanked = sql`EXISTS (SELECT 1 FROM advice WHERE versionId = ${versions.id} AND kind = 'yanked')`;
  // A version whose lift is due is offered again when the lift has reached its row.
  const rows = await readShown(registry, () =>
    registry.db.read
      .select(shownColumns)
      .from(versions)
      .where(and(eq(versions.name, name), eq(versions.status, 'approved'), sql`NOT ${yanked}`))
      .orderBy(desc(versions.logIndex))
      .limit(requiredVersionsRead),
  );
  return rows.flatMap(({ status, version }) => (status === 'approved' ? [version] : []));
}
