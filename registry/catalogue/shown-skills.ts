/**
 * Skills as lists and pages show them. A row whose version was stopped since is left out: what is
 * not approved now is never shown as if it were.
 */
import { and, asc, desc, eq, gt, gte, lt, sql } from 'drizzle-orm';
import {
  parseSkillName,
  type Scope,
  type SkillName,
  shortNameOf,
} from '../../skills-index/skill/name.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import type { Registry } from '../context.ts';
import type { HiddenScopes } from '../readers/may-read.ts';
import { isAmong } from '../store/batch.ts';
import { versions } from '../store/schema.ts';
import { readShown, shownColumns } from '../versions/shown-versions.ts';
import type { VersionRow } from '../versions/versions.ts';
import { skills } from './catalogue-schema.ts';
import { isShown } from './hidden-scopes.ts';
import { skillsPageRows } from './limits.ts';
import { searchedIds } from './place-skills.ts';
import { haveIds } from './skill-ids.ts';

/** A skill with the version that is offered. */
export interface ShownSkill
  extends Pick<VersionRow, 'name' | 'version' | 'bundle' | 'publisher' | 'logIndex' | 'createdAt'>,
    Pick<typeof skills.$inferSelect, 'scope' | 'versionId' | 'description' | 'capabilities'> {
  readonly offeredSince: Date;
}

/** The skills of a page, and the place of the last row that was read. */
export interface SkillsPage<Place> {
  readonly skills: readonly ShownSkill[];
  /** Only when skills may follow. */
  readonly next?: Place;
}

/** The place of a skill among the newest. */
export interface NewestPlace {
  /** Milliseconds since 1970. */
  readonly offeredSince: number;
  readonly name: SkillName;
}

/** The place as an address has it. */
export function newestPlaceText({ name, offeredSince }: NewestPlace): string {
  return `${offeredSince}:${name}`;
}

/** @throws Problem `request-invalid`, `name-invalid` */
export function parseNewestPlace(text: string): NewestPlace {
  const [, time = '', name = ''] = /^(\d{1,15}):(.{1,200})$/.exec(text) ?? [];
  if (time === '') throw new Problem('request-invalid', 'No page of the skills begins there');
  return { offeredSince: Number(time), name: parseSkillName(name) };
}

/**
 * A skill with its offered version.
 * @returns undefined when the skill has none
 */
export async function findSkill(
  registry: Registry,
  name: SkillName,
): Promise<ShownSkill | undefined> {
  const rows = await readShown(registry, async () => rowsOf(registry).where(eq(skills.name, name)));
  return shownAmong(rows)[0];
}

/** The skills with some ids of rows, in no order. */
export async function skillsByIds(
  registry: Registry,
  ids: readonly number[],
): Promise<(ShownSkill & { readonly id: number })[]> {
  const rows = await readShown(registry, async () =>
    rowsOf(registry).where(isAmong(skills.id, ids)),
  );
  const byVersion = new Map(rows.map((row) => [row.id, row.rowId]));
  return shownAmong(rows).map((skill) => ({ ...skill, id: byVersion.get(skill.versionId) ?? 0 }));
}

/**
 * A page of the skills whose names without their scopes begin alike, in the order of these names.
 * @param hidden as for `skillsByTime`
 * @param begin of ASCII letters, digits and hyphens
 */
export async function skillsByShortName(
  registry: Registry,
  begin: string,
  {
    after,
    hidden,
    limit,
  }: {
    readonly after?: SkillName | undefined;
    readonly hidden: HiddenScopes;
    readonly limit: number;
  },
): Promise<SkillsPage<SkillName>> {
  const ids = haveIds(await searchedIds(registry, hidden));
  const rows = await readShown(registry, async () =>
    rowsOf(registry)
      .where(
        and(
          isShown(hidden),
          ids,
          gte(skills.shortName, begin),
          // In ASCII the brace follows the letters.
          lt(skills.shortName, `${begin}{`),
          after === undefined
            ? undefined
            : sql`(${skills.shortName}, ${skills.name}) > (${shortNameOf(after)}, ${after})`,
        ),
      )
      .orderBy(asc(skills.shortName), asc(skills.name))
      .limit(limit),
  );
  return pageOf(rows, limit, ({ name }) => name);
}

/**
 * A page of the skills of a scope, or of all scopes, in the order of their names.
 * @param after a name, or a place between names
 */
export async function skillsByName(
  registry: Registry,
  {
    after,
    limit = skillsPageRows,
    scope,
  }: {
    readonly after?: string | undefined;
    readonly limit?: number;
    readonly scope?: Scope | undefined;
  },
): Promise<SkillsPage<SkillName>> {
  const rows = await readShown(registry, async () =>
    rowsOf(registry)
      .where(
        and(
          // In ASCII the zero follows the slash.
          scope === undefined ? undefined : gte(skills.name, `@${scope}/` as SkillName),
          scope === undefined ? undefined : lt(skills.name, `@${scope}0` as SkillName),
          after === undefined ? undefined : gt(skills.name, after as SkillName),
        ),
      )
      .orderBy(asc(skills.name))
      .limit(limit),
  );
  return pageOf(rows, limit, ({ name }) => name);
}

/**
 * A page of all skills, those first that were offered last.
 * @param hidden scopes that are left out before the page is cut: the place of the next page names
 * the last skill of this one
 */
export async function skillsByTime(
  registry: Registry,
  {
    after,
    hidden,
    limit = skillsPageRows,
  }: {
    readonly after?: NewestPlace | undefined;
    readonly hidden: HiddenScopes;
    readonly limit?: number;
  },
): Promise<SkillsPage<NewestPlace>> {
  // SQLite would look for nothing in all rows.
  if (hidden.only && hidden.scopes.length === 0) return { skills: [] };
  const ids = haveIds(await searchedIds(registry, hidden));
  const rows = await readShown(registry, async () =>
    rowsOf(registry)
      .where(
        and(
          isShown(hidden),
          ids,
          after === undefined
            ? undefined
            : sql`(${skills.offeredSince}, ${skills.name}) < (${after.offeredSince}, ${after.name})`,
        ),
      )
      .orderBy(desc(skills.offeredSince), desc(skills.name))
      .limit(limit),
  );
  return pageOf(rows, limit, ({ name, offeredSince }) => ({ name, offeredSince }));
}

type SkillRow = Awaited<ReturnType<typeof rowsOf>>[number];

function rowsOf({ db }: Registry) {
  const { capabilities, description, offeredSince, scope } = skills;
  return db.read
    .select({ ...shownColumns, rowId: skills.id, scope, description, capabilities, offeredSince })
    .from(skills)
    .innerJoin(versions, eq(versions.id, skills.versionId))
    .$dynamic();
}

function shownAmong(rows: readonly SkillRow[]): ShownSkill[] {
  return rows
    .filter(({ status }) => status === 'approved')
    .map((row) => ({ ...row, versionId: row.id, offeredSince: new Date(row.offeredSince) }));
}

function pageOf<Place>(
  rows: readonly SkillRow[],
  limit: number,
  placeOf: (last: SkillRow) => Place,
): SkillsPage<Place> {
  const last = rows.length < limit ? undefined : rows.at(-1);
  return { skills: shownAmong(rows), ...(last === undefined ? {} : { next: placeOf(last) }) };
}
