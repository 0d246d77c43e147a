/** Finds versions, as they are shown. */
import { and, asc, desc, eq, gt, isNotNull, lt } from 'drizzle-orm';
import type { SkillName } from '../../skills-index/skill/name.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import type { Registry, VersionName } from '../context.ts';
import { audit, versions } from '../store/schema.ts';
import type { MoveRow, VersionRow } from './versions.ts';
import { readVisible, type VisibleVersion, visibleColumns } from './visible-versions.ts';

/** @throws Problem `not-found` */
export async function requireVersion(
  registry: Registry,
  { name, version }: VersionName,
): Promise<VisibleVersion<VersionRow>> {
  const row = await findVersion(registry, { name, version });
  if (row === undefined)
    throw new Problem('not-found', `This registry has no version ${name}@${version}`);
  return row;
}

/** The version, or undefined. */
export async function findVersion(
  registry: Registry,
  { name, version }: VersionName,
): Promise<VisibleVersion<VersionRow> | undefined> {
  const [row] = await readVisible(registry, () =>
    registry.db.read
      .select(visibleColumns)
      .from(versions)
      .where(and(eq(versions.name, name), eq(versions.version, version))),
  );
  return row;
}

/**
 * Versions of a skill, oldest first.
 * @param after the log index of the version before the first one
 */
export async function versionsOf(
  registry: Registry,
  name: SkillName,
  { after, limit }: { readonly after: number; readonly limit: number },
): Promise<VersionRow[]> {
  return readVisible(registry, () =>
    registry.db.read
      .select(visibleColumns)
      .from(versions)
      .where(and(eq(versions.name, name), gt(versions.logIndex, after)))
      .orderBy(asc(versions.logIndex))
      .limit(limit),
  );
}

/**
 * The last versions of a skill in front of a log index, newest first.
 * @param before the log index of the version behind the first one
 */
export async function versionsBefore(
  registry: Registry,
  name: SkillName,
  { before, limit }: { readonly before: number; readonly limit: number },
): Promise<VersionRow[]> {
  return readVisible(registry, () =>
    registry.db.read
      .select(visibleColumns)
      .from(versions)
      .where(and(eq(versions.name, name), lt(versions.logIndex, before)))
      .orderBy(desc(versions.logIndex))
      .limit(limit),
  );
}

/** The version of a skill that was published last, or undefined. */
export async function newestVersion(
  registry: Registry,
  name: SkillName,
): Promise<VersionRow | undefined> {
  const [row] = await readVisible(registry, () =>
    registry.db.read
      .select(visibleColumns)
      .from(versions)
      .where(eq(versions.name, name))
      .orderBy(desc(versions.logIndex))
      .limit(1),
  );
  return row;
}

/** The approved versions of a skill, those first that were published last. */
export async function approvedVersions(
  registry: Registry,
  name: SkillName,
  limit: number,
): Promise<VersionRow[]> {
  const rows = await readVisible(registry, () =>
    registry.db.read
      .select(visibleColumns)
      .from(versions)
      .where(and(eq(versions.name, name), eq(versions.status, 'approved')))
      .orderBy(desc(versions.logIndex))
      .limit(limit),
  );
  return rows.filter(({ status }) => status === 'approved');
}

/** The state changes of a version, oldest first, with the one that is due. */
export async function historyOf(
  registry: Registry,
  { id, due }: VisibleVersion<Pick<VersionRow, 'id'>>,
): Promise<MoveRow[]> {
  const rows = await registry.db.read
    .select()
    .from(audit)
    // Only state changes have a number.
    .where(and(eq(audit.versionId, id), isNotNull(audit.move)))
    .orderBy(asc(audit.move));
  const moves = rows.flatMap(({ at, from, to, by, why }) =>
    from === null || to === null ? [] : [{ at: new Date(at), from, to, by, why }],
  );
  return due === undefined ? moves : [...moves, due];
}
