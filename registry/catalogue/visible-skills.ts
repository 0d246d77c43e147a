/**
 * Skills as lists and pages show them. A row whose version was stopped since is left out: what is
 * not approved now is never shown as if it were.
 */
import { and, asc, desc, eq, gt, gte, lt, not, or, type SQL, sql } from 'drizzle-orm';
import { digestOf, hexOf } from '../../skills-index/skill/digest.ts';
import {
  parseSkillName,
  type Scope,
  type SkillName,
  shortNameOf,
} from '../../skills-index/skill/name.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { canonicalJson } from '../../skills-index/skill/text/canonical-json.ts';
import type { Registry } from '../context.ts';
import type { HiddenScopes } from '../readers/may-read.ts';
import type { Readers } from '../readers/readers.ts';
import { type BatchWrite, isAmong } from '../store/batch.ts';
import { versions } from '../store/schema.ts';
import type { VersionRow } from '../versions/versions.ts';
import { readVisible, visibleColumns } from '../versions/visible-versions.ts';
import { skillPlaces, skills } from './plugin-packages.ts';

/** Skills on a page. */
const skillsPageRows = 50;

/** Ranges of ids with which each row of a list is compared. */
const rangesComparedMax = 16;

/** Skills of one slice that get other ids when scopes become private or public. */
const skillsPlacedAtOnce = 50;

/** A skill with the version that is offered. */
export interface VisibleSkill
  extends Pick<VersionRow, 'name' | 'version' | 'bundle' | 'publisher' | 'logIndex' | 'createdAt'>,
    Pick<typeof skills.$inferSelect, 'scope' | 'versionId' | 'description' | 'capabilities'> {
  readonly offeredSince: Date;
}

/** The skills of a page, and the place of the last row that was read. */
export interface SkillsPage<Place> {
  readonly skills: readonly VisibleSkill[];
  /** Only when skills may follow. */
  readonly next?: Place;
}

/** The place of a skill among the newest. */
interface NewestPlace {
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
): Promise<VisibleSkill | undefined> {
  const rows = await readVisible(registry, async () =>
    rowsOf(registry).where(eq(skills.name, name)),
  );
  return shownAmong(rows)[0];
}

/** The skills with some ids of rows, in no order. */
export async function skillsByIds(
  registry: Registry,
  ids: readonly number[],
): Promise<(VisibleSkill & { readonly id: number })[]> {
  const rows = await readVisible(registry, async () =>
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
  const rows = await readVisible(registry, async () =>
    rowsOf(registry)
      .where(
        and(
          isVisible(hidden),
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
  const rows = await readVisible(registry, async () =>
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
  const rows = await readVisible(registry, async () =>
    rowsOf(registry)
      .where(
        and(
          isVisible(hidden),
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
    .select({ ...visibleColumns, rowId: skills.id, scope, description, capabilities, offeredSince })
    .from(skills)
    .innerJoin(versions, eq(versions.id, skills.versionId))
    .$dynamic();
}

function shownAmong(rows: readonly SkillRow[]): VisibleSkill[] {
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

// Where the ids of skills lie: those of public scopes together, and those of each private scope.
// The full-text index is read in the order of ids. So a search passes over the ids of hidden
// skills. An id hides nothing: a search still compares the scope of each skill.

/** Ids from a first one to a last one. */
export interface IdRange {
  readonly from: number;
  readonly to: number;
}

const privateFrom = 2 ** 40;
const publicIds: IdRange = { from: 1, to: privateFrom - 1 };
const idsOfScope = 2 ** 26;
/** All ids, in the two parts in which they are ordered by age. */
export const allIds: readonly IdRange[] = [
  { from: privateFrom, to: Number.MAX_SAFE_INTEGER },
  publicIds,
];

/** The ids of the skills of a scope. */
export function idsOf(readers: Readers | undefined, scope: Scope): IdRange {
  return readers?.isPrivate(scope) === true ? idsOfPrivate(scope) : publicIds;
}

/**
 * The ids of the skills that are not hidden, no id twice. Undefined for all ids.
 * @param readers of the registry
 */
function shownIds(
  readers: Readers | undefined,
  { only, scopes }: HiddenScopes,
): readonly IdRange[] | undefined {
  if (only) return withoutRepeats(scopes.map((scope) => idsOf(readers, scope)));
  if (scopes.length === 0) return undefined;
  const hidden = new Set(scopes);
  const all = readers?.privateScopes ?? [];
  const shown = all === 'everything' ? [] : all.filter((scope) => !hidden.has(scope));
  return [...withoutRepeats(shown.map(idsOfPrivate)), publicIds];
}

/**
 * A condition on rows of `skills` that an index over other columns answers by itself: it has the
 * id. So rows of hidden skills are passed over, and not read. Undefined for all ids, and for so
 * many ranges that comparing them would take longer.
 */
function haveIds(ids: readonly IdRange[] | undefined): SQL | undefined {
  if (ids === undefined || ids.length > rangesComparedMax) return undefined;
  // The plus sign keeps SQLite from reading rows in the order of ids, and sorting them.
  return or(...ids.map(({ from, to }) => sql`+${skills.id} BETWEEN ${from} AND ${to}`));
}

/** The next free id of a range, for a statement that writes rows of `skills`. */
export function nextIdIn({ from, to }: IdRange): SQL {
  return sql`(SELECT COALESCE(MAX("placed"."id"), ${from - 1}) + 1 FROM ${skills} AS "placed" WHERE "placed"."id" BETWEEN ${from} AND ${to})`;
}

// Scopes whose digests begin alike share their ids, so that nobody has to number the scopes.
function idsOfPrivate(scope: Scope): IdRange {
  const at = Number.parseInt(hexOf(digestOf(scope)).slice(0, 13), 16) % idsOfScope;
  const from = privateFrom + at * idsOfScope;
  return { from, to: from + idsOfScope - 1 };
}

function withoutRepeats(ranges: readonly IdRange[]): IdRange[] {
  return [...new Map(ranges.map((range) => [range.from, range])).values()];
}

// Gives skills other ids when their scope becomes private or public, a few at a time. Meanwhile
// searches read all ids, and compare the scope of each skill.

/**
 * The ids that a search reads; undefined for all ids.
 * @param hidden scopes whose skills the search leaves out
 */
export async function searchedIds(
  registry: Registry,
  hidden: HiddenScopes,
): Promise<readonly IdRange[] | undefined> {
  const ids = shownIds(registry.readers, hidden);
  if (ids === undefined) return undefined;
  const { after, privacy } = await readPlace(registry);
  return after === null && privacy === privacyOf(registry.readers) ? ids : undefined;
}

/**
 * Gives the next skills the ids of their scopes.
 * @returns whether others may be left
 */
export async function placeSome(registry: Registry, limit = skillsPlacedAtOnce): Promise<boolean> {
  const { db, readers } = registry;
  const privacy = privacyOf(readers);
  const place = await readPlace(registry);
  const isSame = place.privacy === privacy;
  if (isSame && place.after === null) return false;
  const after = (isSame ? place.after : null) ?? '';
  const rows = await db.read
    .select({ id: skills.id, name: skills.name, scope: skills.scope })
    .from(skills)
    .where(gt(skills.name, after as SkillName))
    .orderBy(asc(skills.name))
    .limit(limit);
  const moves = rows.flatMap(({ id, name, scope }): BatchWrite[] => {
    const ids = idsOf(readers, scope);
    if (id >= ids.from && id <= ids.to) return [];
    return [
      (to) =>
        to
          .update(skills)
          .set({ id: nextIdIn(ids) })
          .where(eq(skills.name, name)),
    ];
  });
  const isMore = rows.length === limit;
  const next = { privacy, after: isMore ? (rows.at(-1)?.name ?? null) : null };
  await db.batch([
    ...moves,
    (to) =>
      to
        .insert(skillPlaces)
        .values({ id: 1, ...next })
        .onConflictDoUpdate({ target: skillPlaces.id, set: next }),
  ]);
  return isMore;
}

async function readPlace({ db }: Registry): Promise<Omit<typeof skillPlaces.$inferSelect, 'id'>> {
  const [place] = await db.read.select().from(skillPlaces).where(eq(skillPlaces.id, 1));
  return place ?? { privacy: privacyOf(undefined), after: null };
}

function privacyOf(readers: Readers | undefined): string {
  const scopes = readers?.privateScopes ?? [];
  return scopes === 'everything' ? scopes : digestOf(canonicalJson([...scopes].sort()));
}

// Conditions on the scopes of skills.

export const noneHidden: HiddenScopes = { scopes: [], only: false };

export function isInScopes(scopes: readonly Scope[]): SQL {
  return sql`${skills.scope} IN (SELECT value FROM json_each(${JSON.stringify(scopes)}))`;
}

/** @returns undefined where nothing is hidden */
export function isVisible({ only, scopes }: HiddenScopes): SQL | undefined {
  if (only) return isInScopes(scopes);
  return scopes.length === 0 ? undefined : not(isInScopes(scopes));
}
