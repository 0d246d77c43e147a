/** The versions of all skills of a scope, page by page. */
import { and, asc, gte, lt, sql } from 'drizzle-orm';
import type { Scope, SkillName } from '../../skills-index/skill/name.ts';
import type { Registry } from '../context.ts';
import { versions } from '../store/schema.ts';
import type { VersionRow } from './versions.ts';
import { readVisible, visibleColumns } from './visible-versions.ts';

/** The version before the first one of a page. */
export interface ScopePlace {
  readonly name: SkillName;
  readonly logIndex: number;
}

/**
 * Versions of a scope as they are shown, in the order of their skills' names, each skill's oldest
 * first.
 */
export async function versionsInScope(
  registry: Registry,
  scope: Scope,
  { after, limit }: { readonly after: ScopePlace | undefined; readonly limit: number },
): Promise<VersionRow[]> {
  // In ASCII the digit 0 follows the slash.
  const first = `@${scope}/` as const;
  const end = `@${scope}0`;
  const behind =
    after === undefined
      ? gte(versions.name, first as SkillName)
      : sql`(${versions.name}, ${versions.logIndex}) > (${after.name}, ${after.logIndex})`;
  return readVisible(registry, () =>
    registry.db.read
      .select(visibleColumns)
      .from(versions)
      .where(and(behind, lt(versions.name, end as SkillName)))
      .orderBy(asc(versions.name), asc(versions.logIndex))
      .limit(limit),
  );
}
